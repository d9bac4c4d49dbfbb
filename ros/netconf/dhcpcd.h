// dhcpcd: one process (with its helpers) for all interfaces that get their addresses from DHCP,
// router advertisements or RFC 3927.
//
// It runs while there is such an interface and is started again when it ends by itself. A change of
// its configuration means a new process: `persistent` in dhcpcd.conf keeps addresses and leases.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "netconf/child.h"
#include "netconf/wanted.h"
#include "sys/event_loop.h"
#include "sys/files.h"

namespace ros::netconf {

// The text of dhcpcd.conf for these interfaces; "" when none is automatic. `base` holds what
// counts for all. Pure; arguments without effect are added to `complaints`.
[[nodiscard]] std::string dhcpcd_conf(const std::string& base, const std::vector<Wanted>& wanted,
                                      std::chrono::seconds timeout,
                                      std::vector<std::string>& complaints);

class Dhcpcd {
 public:
  // Both must outlive the object.
  Dhcpcd(sys::EventLoop& loop, const sys::Files& files);

  // Whether a process runs that is not meant to run with this configuration.
  [[nodiscard]] bool is_outdated(const std::string& conf) const;

  [[nodiscard]] bool stopping() const { return stopped_ != nullptr; }

  // Ends the process, if there is one, and calls `stopped`: at once, or from ended().
  void stop(std::function<void()> stopped);

  // Starts a process with this configuration unless it is empty or one runs.
  void start(const std::string& conf);

  // A child of this process has been reaped.
  void ended(pid_t pid, const std::string& how);

 private:
  void launch();
  void launch_later(const std::string& why);

  sys::EventLoop& loop_;
  Child child_;
  std::string conf_;
  std::function<void()> stopped_;  // set: the end is wanted
  sys::TimerId timer_ = 0;         // of the kill, or of the next start
  sys::Millis started_{0};
  int failures_ = 0;  // in a row
};

}  // namespace ros::netconf
