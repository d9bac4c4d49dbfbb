// Child processes of the console: starts them and tells when they end.
#pragma once

#include <functional>
#include <map>

#include "sys/event_loop.h"
#include "sys/process.h"

namespace ros::cli {

class Children {
 public:
  using Ended = std::function<void(sys::ExitStatus)>;

  explicit Children(sys::EventLoop& loop) : loop_(loop) {}  // which must outlive the object

  // From here on SIGCHLD is this object's.
  [[nodiscard]] Result<void> begin();

  // `ended` runs in the loop, once, when the process is gone.
  [[nodiscard]] Result<pid_t> start(const sys::Command& command, Ended ended);

 private:
  void reap();

  sys::EventLoop& loop_;
  std::map<pid_t, Ended> running_;
};

}  // namespace ros::cli
