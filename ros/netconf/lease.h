// What DHCP and routers said about names and time, one file for each interface and protocol.
//
// dhcpcd runs a program for every event and describes it in environment variables
// (dhcpcd-run-hooks(8)). Here that program is `ros` itself (hook_main): it puts what it was told
// into a file, and netconf, which watches the directory, takes it from there. The files outlive
// both.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sys/files.h"

namespace ros::netconf {

struct Lease {
  std::string interface;
  std::string protocol;  // "dhcp", "dhcp6", "ra", ...
  std::vector<std::string> nameservers;
  std::vector<std::string> search;
  std::vector<std::string> ntp_servers;  // addresses
  std::string hostname;
  friend bool operator==(const Lease&, const Lease&) = default;
};

[[nodiscard]] std::string to_json(const Lease& lease);
[[nodiscard]] Result<Lease> parse_lease(std::string_view json);

using Environment = std::map<std::string, std::string, std::less<>>;

// What an event means. It comes from the network: only well-formed addresses and names are taken.
struct LeaseEvent {
  std::string interface;
  std::string protocol;
  enum class Kind { kNothing, kSet, kForget, kForgetInterface } kind = Kind::kNothing;
  Lease lease;  // with kSet
};
[[nodiscard]] LeaseEvent read_event(const Environment& environment);

[[nodiscard]] Result<void> record(const LeaseEvent& event, const std::string& directory,
                                  const sys::Files& files);

// In the order of interfaces and protocols; files that can't be read are left out.
[[nodiscard]] std::vector<Lease> read_leases(const std::string& directory, const sys::Files& files);

}  // namespace ros::netconf
