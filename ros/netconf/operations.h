// Desired minus actual: the operations that make interfaces what the configuration wants. Pure.
#pragma once

#include <set>
#include <string>
#include <variant>
#include <vector>

#include "netconf/wanted.h"
#include "sys/netlink.h"

namespace ros::netconf {

// The network as it is.
struct Actual {
  std::vector<sys::Link> links;
  std::vector<sys::LinkAddress> addresses;
  std::vector<sys::DefaultRoute> routes;
};

struct BringUp {
  friend bool operator==(const BringUp&, const BringUp&) = default;
};
struct SetMtu {
  unsigned mtu = 0;
  friend bool operator==(const SetMtu&, const SetMtu&) = default;
};
struct AddAddress {
  std::string address;
  friend bool operator==(const AddAddress&, const AddAddress&) = default;
};
struct RemoveAddress {
  std::string address;
  friend bool operator==(const RemoveAddress&, const RemoveAddress&) = default;
};
struct AddRoute {
  sys::DefaultRoute route;
  friend bool operator==(const AddRoute&, const AddRoute&) = default;
};
struct RemoveRoute {
  sys::DefaultRoute route;
  friend bool operator==(const RemoveRoute&, const RemoveRoute&) = default;
};

struct Operation {
  int link = 0;
  std::string name;  // of the interface
  std::variant<SetMtu, BringUp, RemoveRoute, RemoveAddress, AddAddress, AddRoute> what;
  friend bool operator==(const Operation&, const Operation&) = default;
};

// "eth0: add address 192.168.1.10/24"
[[nodiscard]] std::string describe(const Operation& operation);

// Metric of a configured gateway's route: one of its own for each interface, and better than
// dhcpcd's (1000 + index, dhcpcd.conf(5)).
[[nodiscard]] unsigned gateway_metric(int link);

// `ours`: addresses that were set for an earlier configuration; they go when they are no longer
// wanted. `fresh`: interfaces that were not looked at since they came or since the configuration
// changed. One of those without DHCP loses every address that nobody asked for; later ones, that
// programs add, stay. Addresses that the kernel or a router gave (IPv6) always stay.
[[nodiscard]] std::vector<Operation> operations(const std::vector<Wanted>& wanted,
                                                const Actual& actual,
                                                const std::set<sys::LinkAddress>& ours,
                                                const std::set<int>& fresh);

}  // namespace ros::netconf
