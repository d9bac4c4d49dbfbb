#include "pid1/watchdog.h"

#include <fcntl.h>
#include <linux/watchdog.h>
#include <sys/ioctl.h>

#include "base/log.h"

namespace ros::pid1 {
namespace {

// Long: a starved virtual machine is not a dead one.
constexpr int kLimitSeconds = 120;
constexpr sys::Millis kInterval{10'000};  // between two signs of life, or two looks for the device
constexpr int kMostTries = 18;

}  // namespace

void Watchdog::start() {
  turn();
}

void Watchdog::turn() {
  if (!fd_.valid() && !arm() && ++tries_ == kMostTries) return;
  if (fd_.valid()) ioctl(fd_.get(), static_cast<int>(WDIOC_KEEPALIVE), 0);
  loop_.after(kInterval, [this] { turn(); });
}

bool Watchdog::arm() {
  fd_.reset(open("/dev/watchdog", O_WRONLY | O_CLOEXEC));
  if (!fd_.valid()) return false;
  int limit = kLimitSeconds;
  // Devices with a fixed or smaller limit refuse and keep theirs, which is more than one interval.
  ioctl(fd_.get(), static_cast<int>(WDIOC_SETTIMEOUT), &limit);
  if (ioctl(fd_.get(), static_cast<int>(WDIOC_GETTIMEOUT), &limit) == 0)
    log(LogLevel::kInfo, "watchdog armed, limit " + std::to_string(limit) + " s");
  return true;
}

}  // namespace ros::pid1
