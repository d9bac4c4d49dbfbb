#include "supervise/record.h"

#include <fmt/format.h>

#include <cstring>

namespace ros::supervise {

std::string duration_text(Millis duration) {
  const auto count = duration.count();
  if (count < 1000) return fmt::format("{} ms", count);
  if (count % 1000 == 0) return fmt::format("{} s", count / 1000);
  return fmt::format("{:.1f} s", static_cast<double>(count) / 1000.0);
}

std::string exit_text(int code) {
  constexpr int kSignalBase = 128;
  constexpr int kLastSignal = 64;
  if (code > kSignalBase && code <= kSignalBase + kLastSignal) {
    return fmt::format("ended by signal {} ({})", code - kSignalBase,
                       strsignal(code - kSignalBase));
  }
  return fmt::format("exited with status {}", code);
}

Status status_of(const Record& record) {
  Status status;
  status.service = record.name;
  status.state = record.state;
  status.desired = record.desired;
  status.reason = record.reason;
  status.generation = record.generation;
  status.pid = record.pid;
  status.start_at = record.start_at;
  status.ready_at = record.ready_at;
  status.restarts = record.restarts.count();
  status.failed = record.state == State::kFailed || record.state == State::kRestarting ||
                  (record.state == State::kUnready && record.late);
  status.outdated = record.outdated;
  return status;
}

}  // namespace ros::supervise
