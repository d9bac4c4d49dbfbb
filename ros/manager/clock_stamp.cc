#include "manager/clock_stamp.h"

#include <utility>

#include "base/log.h"
#include "plan/tables.h"

namespace ros::manager {
namespace {

constexpr sys::Millis kInterval{10 * 60'000};
constexpr sys::Millis kLastLimit{2'000};

}  // namespace

void ClockStamp::begin() {
  begun_ = true;
  loop_.after(kInterval, [this] {
    write();
    begin();
  });
}

void ClockStamp::finish(std::function<void()> finished) {
  finished_ = std::move(finished);
  write();
  if (!writing_) return end();
  loop_.after(kLastLimit, [this] { end(); });
}

// One at a time: on a state that stands still they would pile up.
void ClockStamp::write() {
  if (!begun_ || writing_) return;
  writing_ = true;
  background_.run([&files = files_] { return files.write_atomic(plan::kClockStamp, ""); },
                  [this](const Result<void>& written) {
                    writing_ = false;
                    if (!written) log(LogLevel::kWarning, "clock: " + written.error().message);
                    end();
                  });
}

void ClockStamp::end() {
  if (finished_) std::exchange(finished_, nullptr)();
}

}  // namespace ros::manager
