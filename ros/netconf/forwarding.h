// The machine is no router between its own cards, unless the configuration says so: Docker needs
// net.ipv4.ip_forward, with which packets would pass from each of its networks to every other one.
//
// What comes from or goes to interfaces that programs made (bridges, tunnels) is not touched. The
// rules are a table of nftables(8) of their own, "inet roster".
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "netconf/child.h"
#include "netconf/wanted.h"
#include "sys/files.h"
#include "sys/process.h"

namespace ros::netconf {

// Text for `nft -f`: between cards, and interfaces that the configuration names (`wanted`: a bond),
// nothing is forwarded; with `allowed` the table is taken away. Pure.
[[nodiscard]] std::string forward_rules(const std::vector<sys::Link>& links,
                                        const std::vector<Wanted>& wanted, bool allowed);

class Forwarding {
 public:
  // `files` must outlive the object. `path`: of the text that nft reads.
  Forwarding(const sys::Files& files, const std::string& path);

  // Makes these the rules of the kernel: at once, or when the nft before has ended. What fails is
  // logged and tried again with the next call.
  void set(const std::string& rules);

  // A child of this process has been reaped.
  void ended(pid_t pid, const sys::ExitStatus& status);

 private:
  Child nft_;
  std::string wanted_;
  std::string set_;  // what the kernel has, or what nft is at
};

}  // namespace ros::netconf
