// An event loop whose time passes only while nothing else is to do, and then at once.
#pragma once

#include <sys/epoll.h>

#include <functional>
#include <span>

#include "sys/event_loop.h"

namespace ros::fakes {

class FakeLoop final : public sys::EventLoop {
 public:
  explicit FakeLoop(sys::Millis now = sys::Millis(1000))
      : EventLoop(sys::UniqueFd(epoll_create1(EPOLL_CLOEXEC))), now_(now) {}

  [[nodiscard]] sys::Millis now() const override { return now_; }

  // Runs until `reached`; false when `limit` of its time has passed, or somebody has stopped it.
  [[nodiscard]] bool run_until(const std::function<bool()>& reached,
                               sys::Millis limit = sys::Millis(600'000)) {
    const auto timer = after(limit, [this] { stop(); });
    reached_ = &reached;
    const bool ran = run().has_value();
    reached_ = nullptr;
    cancel(timer);
    return ran && reached();
  }
  void run_for(sys::Millis time) {
    (void)run_until([end = now_ + time, this] { return now_ >= end; }, time);
  }

 private:
  int wait(std::span<epoll_event> events, int timeout) override {
    if (reached_ != nullptr && (*reached_)()) {
      stop();
      return 0;
    }
    const int count = EventLoop::wait(events, 0);
    if (count == 0 && timeout > 0) now_ += sys::Millis(timeout);
    if (count == 0 && timeout < 0) stop();  // nothing can happen any more
    return count;
  }

  sys::Millis now_;
  const std::function<bool()>* reached_ = nullptr;
};

}  // namespace ros::fakes
