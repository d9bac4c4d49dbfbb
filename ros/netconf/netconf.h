// `ros netconf`, process 1 of the network service: keeps the interfaces, addresses, routes and name
// servers of the host as the configuration wants them. No wait: an interface is configured when it
// appears, an answer of DHCP is used when it comes.
//
//   config.json (of the manager) --\                        /--> rtnetlink: desired minus actual
//   interface events of the kernel --> Netconf::look_again ----> dhcpcd, nft
//   leases (files of the hook) ----/                        \--> resolv.conf, hostname, NTP sources
//
// May be killed at any time: everything it needs to know is in the kernel and in files on tmpfs.
#pragma once

#include <string>

namespace ros::netconf {

// The files that netconf works with; all are those of the host, bound into the service.
struct Paths {
  std::string config = "/run/ros/network/config.json";
  std::string state = "/run/ros/netconf";  // addresses, hostname, forward.nft, leases/
  std::string resolv_conf = "/run/etc/resolvconf/resolv.conf";
  std::string ntp_sources = "/run/chrony-dhcp";  // *.sources
  std::string dhcpcd_base = "/etc/dhcpcd.conf";
  [[nodiscard]] std::string leases() const { return state + "/leases"; }
};

// SIGTERM ends it and leaves the network as it is; SIGHUP makes it look at everything afresh.
// --dry-run prints what would be done, one operation a line.
int main(int argc, char** argv);

// dhcpcd's event script (lease.h): the event is in the environment.
int hook_main();

}  // namespace ros::netconf
