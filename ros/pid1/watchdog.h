// The hardware watchdog, when the machine has one: it resets a machine whose process 1 no longer
// turns its loop.
#pragma once

#include "sys/event_loop.h"
#include "sys/fd.h"

namespace ros::pid1 {

class Watchdog {
 public:
  explicit Watchdog(sys::EventLoop& loop) : loop_(loop) {}

  // Opens /dev/watchdog, whose driver may be a module that comes within the first minutes, and
  // keeps it quiet from then on. It stays armed through the shutdown, which is shorter than its
  // limit.
  void start();

 private:
  [[nodiscard]] bool arm();
  void turn();
  sys::EventLoop& loop_;
  sys::UniqueFd fd_;
  int tries_ = 0;
};

}  // namespace ros::pid1
