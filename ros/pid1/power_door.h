// PowerDoor: the one way to the end of the machine, and when it opens.
//
//   closed  --request with a deadline-->  pending  --done, late, manager gone, second wish-->  open
//   closed  --request without a deadline, or a signal while no manager runs-->  open
//
// While pending the manager stops the services in order; it says "done" by a request without a
// deadline. Another request with a deadline only changes the action and can shorten the time. A
// second signal (ctrl-alt-del again) opens at once. Nothing closes the door again.
#pragma once

#include <functional>
#include <optional>

#include "sys/event_loop.h"
#include "sys/power.h"

namespace ros::pid1 {

class PowerDoor {
 public:
  struct Hooks {
    // Tells the manager to stop the services in order; false when no manager runs.
    std::function<bool(sys::PowerAction)> ask_manager;
    // Carries out the action; does not come back in real life.
    std::function<void(sys::PowerAction)> finish;
  };
  // Outer limit for a wish that reached process 1 by signal; the manager sets a shorter one.
  static constexpr sys::Millis kSignalDeadline{90'000};

  PowerDoor(sys::EventLoop& loop, Hooks hooks) : loop_(loop), hooks_(std::move(hooks)) {}

  void request(sys::PowerAction action, sys::Millis deadline);
  void signal(sys::PowerAction action);
  void manager_ended();

 private:
  void arm(sys::Millis deadline);
  void open();

  sys::EventLoop& loop_;
  Hooks hooks_;
  std::optional<sys::PowerAction> pending_;
  sys::Millis due_{0};
  sys::TimerId timer_ = 0;
};

}  // namespace ros::pid1
