// DhcpHostname: tells when DHCP gives the machine another name. The network service leaves it in a
// file, because only the manager may set it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "sys/directory_watch.h"
#include "sys/event_loop.h"
#include "sys/files.h"

namespace ros::manager {

class DhcpHostname {
 public:
  // Both must outlive the object. `changed` runs in the loop, also when the name goes.
  DhcpHostname(sys::EventLoop& loop, const sys::Files& files, std::function<void()> changed);
  DhcpHostname(const DhcpHostname&) = delete;
  DhcpHostname& operator=(const DhcpHostname&) = delete;
  ~DhcpHostname();

  [[nodiscard]] Result<void> begin();

 private:
  [[nodiscard]] std::string read() const;

  sys::EventLoop& loop_;
  const sys::Files& files_;
  std::function<void()> changed_;
  std::string name_;
  std::optional<sys::DirectoryWatch> watch_;
};

}  // namespace ros::manager
