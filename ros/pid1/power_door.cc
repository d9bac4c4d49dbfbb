#include "pid1/power_door.h"

#include "base/log.h"

namespace ros::pid1 {

void PowerDoor::request(sys::PowerAction action, sys::Millis deadline) {
  const bool first = !pending_.has_value();
  pending_ = action;
  if (deadline.count() <= 0) {
    open();
  } else if (first || loop_.now() + deadline < due_) {
    arm(deadline);
  }
}

void PowerDoor::signal(sys::PowerAction action) {
  const bool again = pending_.has_value();
  pending_ = action;
  if (again || !hooks_.ask_manager(action))
    open();
  else
    arm(kSignalDeadline);
}

void PowerDoor::manager_ended() {
  if (!pending_) return;
  log(LogLevel::kWarning, "power: the manager ended before it was done");
  open();
}

void PowerDoor::arm(sys::Millis deadline) {
  loop_.cancel(timer_);
  due_ = loop_.now() + deadline;
  timer_ = loop_.after(deadline, [this] {
    log(LogLevel::kWarning, "power: the manager is late");
    open();
  });
}

void PowerDoor::open() {
  loop_.cancel(timer_);
  hooks_.finish(*pending_);
}

}  // namespace ros::pid1
