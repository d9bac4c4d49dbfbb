// The time on the state partition that the next boot's clock does not start before (plan/tables.h,
// kClockStamp): the file's time of change.
#pragma once

#include "sys/event_loop.h"
#include "sys/files.h"

namespace ros::manager {

class ClockStamp {
 public:
  // Both must outlive the object. Nothing is written before begin().
  ClockStamp(sys::EventLoop& loop, const sys::Files& files) : loop_(loop), files_(files) {}

  // Once the state is there: now and then from now on. At most ten minutes are lost with the power.
  void begin();
  // At the end of the machine's work, too.
  void write();

 private:
  sys::EventLoop& loop_;
  const sys::Files& files_;
  bool begun_ = false;
};

}  // namespace ros::manager
