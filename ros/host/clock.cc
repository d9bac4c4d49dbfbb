#include "host/clock.h"

#include <fmt/format.h>

#include <array>
#include <ctime>

#include "base/log.h"

namespace ros::host {
namespace {

std::string text_of(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm utc{};
  std::array<char, 32> text{};
  if (gmtime_r(&seconds, &utc) == nullptr) return "?";
  return {text.data(), std::strftime(text.data(), text.size(), "%F %T UTC", &utc)};
}

}  // namespace

Result<void> set_clock_forward(std::chrono::system_clock::time_point time, std::string_view why,
                               sys::Machine& machine) {
  const auto now = machine.clock();
  if (now >= time) return {};
  if (auto set = machine.set_clock(time); !set) return set;
  log(LogLevel::kNotice,
      fmt::format("clock: {} is before {}, set to {}", text_of(now), why, text_of(time)));
  return {};
}

Result<void> set_clock(const plan::SetClock& action, const sys::Files& files,
                       sys::Machine& machine) {
  const auto changed = files.changed(action.path);
  if (!changed && changed.error().code == ENOENT) return {};
  if (!changed) return std::unexpected(changed.error());
  return set_clock_forward(*changed, "the last change of '" + action.path + "'", machine);
}

}  // namespace ros::host
