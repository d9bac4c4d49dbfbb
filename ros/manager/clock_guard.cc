#include "manager/clock_guard.h"

#include <sys/epoll.h>

#include "base/log.h"
#include "host/clock.h"

namespace ros::manager {

ClockGuard::~ClockGuard() {
  if (watch_) loop_.unwatch(watch_->fd());
}

Result<void> ClockGuard::begin(std::chrono::system_clock::time_point earliest) {
  earliest_ = earliest;
  auto watch = sys::ClockWatch::open();
  if (!watch) return std::unexpected(watch.error());
  watch_.emplace(std::move(*watch));
  return loop_.watch(watch_->fd(), EPOLLIN, [this](std::uint32_t) {
    watch_->drain();
    check();
  });
}

void ClockGuard::check() {
  const auto set = host::set_clock_forward(earliest_, "the build of the system", machine_);
  if (!set) log(LogLevel::kError, set.error().message);
  was_set_();
}

}  // namespace ros::manager
