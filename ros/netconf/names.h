// Configuration and leases -> the files that name and time services read. Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/network.h"
#include "netconf/lease.h"

namespace ros::netconf {

struct Names {
  std::string resolv_conf;
  std::string hostname;  // of DHCP, "" = none
  // "eth0.sources" -> lines for chrony's sourcedir (chrony.conf(5))
  std::map<std::string, std::string> ntp_sources;
  friend bool operator==(const Names&, const Names&) = default;
};

// Leases of interfaces that are not in `automatic` don't count; its order is theirs. Name servers
// are the configured ones, else those of the leases, else the defaults.
[[nodiscard]] Names names(const config::NetworkDocument& document,
                          const std::vector<std::string>& automatic,
                          const std::vector<Lease>& leases);

}  // namespace ros::netconf
