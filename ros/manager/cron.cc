#include "manager/cron.h"

#include <algorithm>

namespace ros::manager {
namespace {

// The clock may be set while nothing is due; this is how late that is noticed.
constexpr std::time_t kLongestSleep = 30;

}  // namespace

void Cron::begin(const std::vector<config::ServiceDefinition>& services) {
  for (const auto& service : services) {
    if (service.schedule.empty()) continue;
    const auto schedule = config::Schedule::parse(service.schedule);
    if (schedule) entries_.push_back({service.name, *schedule, clock_()});
  }
  if (!entries_.empty()) arm();
}

void Cron::tick() {
  const std::time_t now = clock_();
  for (auto& entry : entries_) {
    entry.since = std::min(entry.since, now);
    const auto due = entry.schedule.next(entry.since);
    if (!due || *due > now) continue;
    entry.since = now;
    start_(entry.service);
  }
}

void Cron::arm() {
  const std::time_t now = clock_();
  std::time_t sleep = kLongestSleep;
  for (const auto& entry : entries_)
    if (const auto due = entry.schedule.next(std::min(entry.since, now)))
      sleep = std::clamp<std::time_t>(*due - now, 0, sleep);
  // The clock's seconds and the loop's begin at different moments.
  const sys::Millis delay = sleep == 0 ? sys::Millis(200) : sys::Millis(sleep * 1000);
  loop_.after(delay, [this] {
    tick();
    arm();
  });
}

}  // namespace ros::manager
