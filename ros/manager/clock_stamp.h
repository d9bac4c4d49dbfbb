// The time on the state partition that the next boot's clock does not start before (plan/tables.h,
// kClockStamp): the file's time of change.
#pragma once

#include <functional>

#include "sys/background.h"
#include "sys/event_loop.h"
#include "sys/files.h"

namespace ros::manager {

class ClockStamp {
 public:
  // All must outlive the object. Nothing is written before begin().
  ClockStamp(sys::EventLoop& loop, sys::Background& background, const sys::Files& files)
      : loop_(loop), background_(background), files_(files) {}

  // Once the state is there: now and then from now on. At most ten minutes are lost with the power.
  void begin();
  // At the end of the machine's work, once. `finished` runs when it is written, or when the state
  // has not answered in time.
  void finish(std::function<void()> finished);

 private:
  void write();
  void end();

  sys::EventLoop& loop_;
  sys::Background& background_;
  const sys::Files& files_;
  std::function<void()> finished_;
  bool begun_ = false;
  bool writing_ = false;
};

}  // namespace ros::manager
