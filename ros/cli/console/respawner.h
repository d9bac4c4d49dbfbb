// Respawner: keeps programs running. One that ends is started again: at once after a long run,
// else later and later (sys/restart_delay.h).
#pragma once

#include <functional>
#include <list>
#include <string>

#include "sys/event_loop.h"

namespace ros::cli {

class Respawner {
 public:
  // Starts the program and calls `ended` once: when it has ended or could not be started.
  using Start = std::function<void(std::function<void()> ended)>;

  explicit Respawner(sys::EventLoop& loop) : loop_(loop) {}  // which must outlive the object

  // Starts it now.
  void keep(Start start);

 private:
  struct Program {
    Start start;
    sys::Millis since{};
    int quick_ends = 0;
  };
  void run(Program& program);
  void ended(Program& program);

  sys::EventLoop& loop_;
  std::list<Program> programs_;  // callbacks hold references
};

}  // namespace ros::cli
