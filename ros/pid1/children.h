// The children of process 1: logd, manager, containerd and the image store, kept running until the
// power door closes.
//
// A child is wanted from its first start on; logd and manager from the beginning, the others when
// the manager asks. A wanted child that ends starts again: at once, and with growing delays when it
// keeps ending soon after its start (restart_delay.h). Processes that are nobody's child are reaped
// here too.
#pragma once

#include <array>
#include <functional>

#include "control/pid1_protocol.h"
#include "sys/event_loop.h"
#include "sys/process.h"

namespace ros::pid1 {

struct ChildEntry {
  control::pid1::Child id;
  std::array<const char*, 4> argv;  // ends with nullptr
  int oom_score_adj;
  bool wanted;  // from the beginning
};

class Children {
 public:
  using Table = std::array<ChildEntry, control::pid1::kChildren>;  // in order of Child
  using Ended = std::function<void(control::pid1::Child)>;

  // `table` must outlive the object. `ended` runs after a child ended, before it starts again.
  Children(sys::EventLoop& loop, const Table& table, std::string cgroup, Ended ended);

  void start_wanted();

  // From now on the child is wanted. An error when it could not be started this time; it is tried
  // again all the same.
  [[nodiscard]] Result<void> want(control::pid1::Child id);

  // Reaps whatever has ended. Call on SIGCHLD.
  void reap();

  [[nodiscard]] pid_t pid(control::pid1::Child id) const;  // 0 = not running
  [[nodiscard]] control::pid1::ChildStatus status(control::pid1::Child id) const;

 private:
  struct State {
    pid_t pid = 0;
    bool wanted = false;
    int quick_ends = 0;
    unsigned restarts = 0;
    sys::Millis started{0};
    sys::TimerId timer = 0;  // of the next start, 0 = none
  };
  static std::size_t index(control::pid1::Child id) { return static_cast<std::size_t>(id); }
  [[nodiscard]] Result<void> start(std::size_t i);
  void restart_later(std::size_t i);
  void on_end(std::size_t i, const sys::ExitStatus& status);

  sys::EventLoop& loop_;
  const Table& table_;
  std::string cgroup_;
  Ended ended_;
  std::array<State, control::pid1::kChildren> states_{};
};

}  // namespace ros::pid1
