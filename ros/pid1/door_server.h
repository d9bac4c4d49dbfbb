// The socket of process 1: answers the requests of control/pid1_protocol.h, root's only.
#pragma once

#include <map>

#include "pid1/children.h"
#include "pid1/power_door.h"
#include "sys/event_loop.h"
#include "sys/fd.h"

namespace ros::pid1 {

class DoorServer {
 public:
  DoorServer(sys::EventLoop& loop, Children& children, PowerDoor& door)
      : loop_(loop), children_(children), door_(door) {}

  [[nodiscard]] Result<void> listen();

 private:
  void accept_one();
  void serve(int connection);
  [[nodiscard]] control::pid1::Reply answer(const control::pid1::Request& request);

  sys::EventLoop& loop_;
  Children& children_;
  PowerDoor& door_;
  sys::UniqueFd listener_;
  std::map<int, sys::UniqueFd> connections_;
};

}  // namespace ros::pid1
