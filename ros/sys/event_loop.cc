#include "sys/event_loop.h"

#include <sys/epoll.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <ctime>
#include <iterator>

namespace ros::sys {

Result<std::unique_ptr<EventLoop>> EventLoop::create() {
  UniqueFd epoll(epoll_create1(EPOLL_CLOEXEC));
  if (!epoll.valid()) return fail_errno("epoll_create1");
  return std::unique_ptr<EventLoop>(new EventLoop(std::move(epoll)));
}

EventLoop::~EventLoop() = default;

Result<void> EventLoop::watch(int fd, std::uint32_t events, FdCallback callback) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  const int operation = watches_.contains(fd) ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  if (epoll_ctl(epoll_.get(), operation, fd, &event) != 0) return fail_errno("epoll_ctl");
  watches_[fd] = std::make_shared<FdCallback>(std::move(callback));
  return {};
}

void EventLoop::unwatch(int fd) {
  if (watches_.erase(fd) != 0) epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

TimerId EventLoop::after(Millis delay, Callback callback) {
  const TimerId id = next_timer_++;
  const Millis deadline = now() + delay;
  timers_.emplace(std::pair(deadline, id), std::move(callback));
  deadlines_.emplace(id, deadline);
  return id;
}

void EventLoop::cancel(TimerId id) {
  const auto found = deadlines_.find(id);
  if (found == deadlines_.end()) return;
  timers_.erase({found->second, id});
  deadlines_.erase(found);
}

void EventLoop::post(Callback callback) {
  posted_.push_back(std::move(callback));
}

Result<void> EventLoop::on_signal(int signo, Callback callback) {
  signals_[signo] = std::move(callback);
  return rearm_signals();
}

Millis EventLoop::now() const {
  timespec time{};
  clock_gettime(CLOCK_BOOTTIME, &time);
  return std::chrono::duration_cast<Millis>(std::chrono::seconds(time.tv_sec) +
                                            std::chrono::nanoseconds(time.tv_nsec));
}

Result<void> EventLoop::run() {
  stopping_ = false;
  while (!stopping_) {
    std::array<epoll_event, 32> events;
    const int count = wait(events, next_timeout());
    if (count < 0 && errno != EINTR) return fail_errno("epoll_wait");
    for (int i = 0; i < count && !stopping_; ++i) {
      // A callback may have removed this watch, or itself: hold the function while it runs.
      const auto found = watches_.find(events[static_cast<std::size_t>(i)].data.fd);
      if (found == watches_.end()) continue;
      const auto callback = found->second;
      (*callback)(events[static_cast<std::size_t>(i)].events);
    }
    run_timers();
    run_posted();
  }
  return {};
}

void EventLoop::stop() {
  stopping_ = true;
}

int EventLoop::wait(std::span<epoll_event> events, int timeout) {
  return epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout);
}

int EventLoop::next_timeout() const {
  if (!posted_.empty()) return 0;
  if (timers_.empty()) return -1;
  const auto left = timers_.begin()->first.first - now();
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

void EventLoop::run_timers() {
  const Millis time = now();
  while (!stopping_ && !timers_.empty() && timers_.begin()->first.first <= time) {
    auto due = timers_.extract(timers_.begin());
    deadlines_.erase(due.key().second);
    due.mapped()();
  }
}

void EventLoop::run_posted() {
  auto batch = std::exchange(posted_, {});
  auto next = batch.begin();
  while (next != batch.end() && !stopping_) (*next++)();
  // A loop that is stopped may run again: what did not get its turn stays first in line.
  posted_.insert(posted_.begin(), std::move_iterator(next), std::move_iterator(batch.end()));
}

Result<void> EventLoop::rearm_signals() {
  sigset_t mask;
  sigemptyset(&mask);
  for (const auto& [signo, callback] : signals_) sigaddset(&mask, signo);
  if (sigprocmask(SIG_BLOCK, &mask, nullptr) != 0) return fail_errno("sigprocmask");
  const bool first = !signal_fd_.valid();
  const int fd = signalfd(signal_fd_.get(), &mask, SFD_NONBLOCK | SFD_CLOEXEC);
  if (fd < 0) return fail_errno("signalfd");
  if (!first) return {};
  signal_fd_.reset(fd);
  return watch(fd, EPOLLIN, [this](std::uint32_t) { drain_signals(); });
}

void EventLoop::drain_signals() {
  signalfd_siginfo info{};
  while (read(signal_fd_.get(), &info, sizeof info) == sizeof info) {
    const auto found = signals_.find(static_cast<int>(info.ssi_signo));
    if (found != signals_.end()) found->second();
  }
}

}  // namespace ros::sys
