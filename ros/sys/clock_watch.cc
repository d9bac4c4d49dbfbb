#include "sys/clock_watch.h"

#include <sys/timerfd.h>
#include <unistd.h>

#include <cstdint>
#include <ctime>
#include <limits>

namespace ros::sys {
namespace {

bool arm(int fd) {
  itimerspec never{};
  never.it_value.tv_sec = std::numeric_limits<time_t>::max();
  return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &never, nullptr) == 0;
}

}  // namespace

Result<ClockWatch> ClockWatch::open() {
  UniqueFd fd(timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK));
  if (!fd.valid() || !arm(fd.get())) return fail_errno("watch the clock");
  return ClockWatch(std::move(fd));
}

void ClockWatch::drain() const {
  std::uint64_t expirations = 0;
  (void)!read(fd_.get(), &expirations, sizeof expirations);  // ECANCELED: it was set
  (void)arm(fd_.get());
}

}  // namespace ros::sys
