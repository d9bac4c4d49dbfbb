// Whoever sets the clock, a time server too, it is not before the build of the system: certificates
// that have run out would count again.
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "sys/clock_watch.h"
#include "sys/event_loop.h"
#include "sys/machine.h"

namespace ros::manager {

class ClockGuard {
 public:
  // All must outlive the object. `was_set` is called from the loop whenever the clock was set.
  ClockGuard(sys::EventLoop& loop, sys::Machine& machine, std::function<void()> was_set)
      : loop_(loop), machine_(machine), was_set_(std::move(was_set)) {}
  ~ClockGuard();
  ClockGuard(const ClockGuard&) = delete;
  ClockGuard& operator=(const ClockGuard&) = delete;

  // `earliest`: the time of the build.
  [[nodiscard]] Result<void> begin(std::chrono::system_clock::time_point earliest);

 private:
  void check();

  sys::EventLoop& loop_;
  sys::Machine& machine_;
  std::function<void()> was_set_;
  std::chrono::system_clock::time_point earliest_;
  std::optional<sys::ClockWatch> watch_;
};

}  // namespace ros::manager
