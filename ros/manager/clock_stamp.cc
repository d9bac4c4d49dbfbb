#include "manager/clock_stamp.h"

#include "base/log.h"
#include "plan/tables.h"

namespace ros::manager {
namespace {

constexpr sys::Millis kInterval{10 * 60'000};

}  // namespace

void ClockStamp::begin() {
  begun_ = true;
  loop_.after(kInterval, [this] {
    write();
    begin();
  });
}

void ClockStamp::write() {
  if (!begun_) return;
  const auto written = files_.write_atomic(plan::kClockStamp, "");
  if (!written) log(LogLevel::kWarning, "clock: " + written.error().message);
}

}  // namespace ros::manager
