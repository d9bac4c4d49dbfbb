// The hardware watchdog, when the machine has one: it resets a machine whose process 1 no longer
// turns its loop.
#pragma once

#include "sys/event_loop.h"
#include "sys/fd.h"

namespace ros::pid1 {

class Watchdog {
 public:
  explicit Watchdog(sys::EventLoop& loop) : loop_(loop) {}

  // Opens /dev/watchdog and keeps it quiet from now on; nothing happens without one. It stays
  // armed through the shutdown, which is shorter than its limit.
  void start();

 private:
  void ping();
  sys::EventLoop& loop_;
  sys::UniqueFd fd_;
};

}  // namespace ros::pid1
