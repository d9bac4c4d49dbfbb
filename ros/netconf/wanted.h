// What the configuration wants of the interfaces that are there. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/network.h"
#include "sys/netlink.h"

namespace ros::netconf {

// One interface that the configuration speaks of. An interface without one is left alone.
struct Wanted {
  sys::Link link;  // as it is
  bool dhcp = false;
  bool ipv4ll = false;
  std::vector<std::string> dhcp_args;
  std::vector<std::string> addresses;
  std::vector<std::string> gateways;
  unsigned mtu = 0;  // 0 = as it is

  // dhcpcd takes care of it.
  [[nodiscard]] bool automatic() const { return dhcp || ipv4ll; }
};

// lo, and what Docker and Kubernetes make: theirs, whatever the configuration says.
[[nodiscard]] bool is_foreign(std::string_view name);

// The entry for `link`: by hardware address, else by name, else the first pattern. Hardware
// addresses and patterns mean cards only; programs name their interfaces as they like. Null: none.
[[nodiscard]] const config::InterfaceConfig* entry_for(
    const sys::Link& link, const std::vector<config::InterfaceConfig>& entries);

// In the order of `links`. A configuration without interfaces wants DHCP on every card.
[[nodiscard]] std::vector<Wanted> wanted(const config::NetworkConfig& config,
                                         const std::vector<sys::Link>& links);

}  // namespace ros::netconf
