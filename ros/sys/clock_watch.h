// ClockWatch: wakes up when somebody sets the clock (timerfd_create(2), TFD_TIMER_CANCEL_ON_SET).
// A clock that is slewed, made faster or slower, wakes nobody.
#pragma once

#include "base/result.h"
#include "sys/fd.h"

namespace ros::sys {

class ClockWatch {
 public:
  [[nodiscard]] static Result<ClockWatch> open();
  [[nodiscard]] int fd() const { return fd_.get(); }  // watch for EPOLLIN
  void drain() const;

 private:
  explicit ClockWatch(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace ros::sys
