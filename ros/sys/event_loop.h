// EventLoop: the only place of a program that waits.
//
// One thread, epoll(7). Callbacks run one at a time from run(); they may add and remove watches and
// timers, their own included. Signals arrive through signalfd(2), so they are blocked for the
// whole process from the first on_signal() on. Time is CLOCK_BOOTTIME in milliseconds.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "sys/fd.h"

struct epoll_event;

namespace ros::sys {

using Millis = std::chrono::milliseconds;
using TimerId = std::uint64_t;  // never 0, never used again

class EventLoop {
 public:
  using Callback = std::function<void()>;
  using FdCallback = std::function<void(std::uint32_t epoll_events)>;

  [[nodiscard]] static Result<std::unique_ptr<EventLoop>> create();
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  virtual ~EventLoop();

  // Calls back while `events` (EPOLLIN, EPOLLOUT, ...) hold on `fd`. The loop does not own the fd;
  // unwatch it before closing. A second watch of the same fd replaces the first.
  [[nodiscard]] Result<void> watch(int fd, std::uint32_t events, FdCallback callback);
  void unwatch(int fd);

  // One shot. A delay of zero runs in the next turn.
  TimerId after(Millis delay, Callback callback);
  void cancel(TimerId id);

  // Runs in the next turn of the loop, in order of posting.
  void post(Callback callback);

  [[nodiscard]] Result<void> on_signal(int signo, Callback callback);

  [[nodiscard]] virtual Millis now() const;  // time since boot

  // Until stop(); an error only when epoll itself fails.
  [[nodiscard]] Result<void> run();
  void stop();

 protected:
  // For tests, which let the time pass as they like.
  explicit EventLoop(UniqueFd epoll) : epoll_(std::move(epoll)) {}
  // epoll_wait(2).
  [[nodiscard]] virtual int wait(std::span<epoll_event> events, int timeout);

 private:
  [[nodiscard]] int next_timeout() const;
  void run_timers();
  void run_posted();
  [[nodiscard]] Result<void> rearm_signals();
  void drain_signals();

  UniqueFd epoll_;
  UniqueFd signal_fd_;
  std::map<int, std::shared_ptr<FdCallback>> watches_;
  std::map<std::pair<Millis, TimerId>, Callback> timers_;
  std::map<TimerId, Millis> deadlines_;
  std::map<int, Callback> signals_;
  std::vector<Callback> posted_;
  TimerId next_timer_ = 1;
  bool stopping_ = false;
};

}  // namespace ros::sys
