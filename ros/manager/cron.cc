#include "manager/cron.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace ros::manager {

void Cron::set(const std::vector<config::ServiceDefinition>& services) {
  const auto old = std::exchange(entries_, {});
  for (const auto& service : services) {
    if (service.schedule.empty()) continue;
    const auto same = std::ranges::find_if(old, [&](const Entry& entry) {
      return entry.service == service.name && entry.text == service.schedule;
    });
    if (same != old.end()) {
      entries_.push_back(*same);
    } else if (const auto schedule = config::Schedule::parse(service.schedule)) {
      entries_.push_back({service.name, service.schedule, *schedule, clock_()});
    }
  }
  arm();
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
  if (timer_ != 0) loop_.cancel(timer_);
  timer_ = 0;
  if (entries_.empty()) return;
  const std::time_t now = clock_();
  std::optional<std::time_t> next;
  for (const auto& entry : entries_)
    if (const auto due = entry.schedule.next(std::min(entry.since, now)))
      next = std::min(*due, next.value_or(*due));
  if (!next) return;
  const auto sleep = std::max<std::time_t>(*next - now, 0);
  // The clock's seconds and the loop's begin at different moments.
  const sys::Millis delay = sleep == 0 ? sys::Millis(200) : sys::Millis(sleep * 1000);
  timer_ = loop_.after(delay, [this] {
    timer_ = 0;
    tick();
    arm();
  });
}

}  // namespace ros::manager
