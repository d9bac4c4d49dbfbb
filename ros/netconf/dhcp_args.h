// rancher.network.interfaces.*.dhcp_args: arguments of the dhcpcd command, as users know them from
// RancherOS, turned into lines of dhcpcd.conf(5). One dhcpcd serves all interfaces, so the options
// stand in a block of the interface there; the names of long options are those of the file.
#pragma once

#include <string>
#include <vector>

namespace ros::netconf {

struct DhcpLines {
  std::vector<std::string> lines;
  std::vector<std::string> ignored;  // arguments for a whole process, and what is not understood
};

// Pure.
[[nodiscard]] DhcpLines dhcp_lines(const std::vector<std::string>& arguments);

}  // namespace ros::netconf
