#include "pid1/watchdog.h"

#include <fcntl.h>
#include <linux/watchdog.h>
#include <sys/ioctl.h>

#include "base/log.h"

namespace ros::pid1 {
namespace {

constexpr int kLimitSeconds = 60;
constexpr sys::Millis kPingInterval{10'000};

}  // namespace

void Watchdog::start() {
  fd_.reset(open("/dev/watchdog", O_WRONLY | O_CLOEXEC));
  if (!fd_.valid()) return;
  int limit = kLimitSeconds;
  // Devices with a fixed limit refuse; all known ones have more than three intervals.
  ioctl(fd_.get(), static_cast<int>(WDIOC_SETTIMEOUT), &limit);
  log(LogLevel::kInfo, "watchdog armed, limit " + std::to_string(limit) + " s");
  ping();
}

void Watchdog::ping() {
  ioctl(fd_.get(), static_cast<int>(WDIOC_KEEPALIVE), 0);
  loop_.after(kPingInterval, [this] { ping(); });
}

}  // namespace ros::pid1
