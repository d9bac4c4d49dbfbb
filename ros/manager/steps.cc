#include "manager/steps.h"

#include <algorithm>

namespace ros::manager {

StepRunner::StepRunner(sys::EventLoop& loop, Perform perform,
                       std::function<void(const StepReport&)> on_end)
    : loop_(loop), perform_(std::move(perform)), on_end_(std::move(on_end)) {}

void StepRunner::skip(const std::set<std::string>& names) {
  known_.insert(names.begin(), names.end());
  ended_.insert(names.begin(), names.end());
}

void StepRunner::run(const plan::BootPlan& plan) {
  std::erase_if(waiting_, [&](const auto& entry) {
    return plan.step(entry.first) == nullptr && known_.erase(entry.first) > 0;
  });
  for (const auto& step : plan.steps) {
    const auto waiting = waiting_.find(step.name);
    if (waiting != waiting_.end()) {
      waiting->second = step;  // not begun: the newer plan knows better
    } else if (known_.insert(step.name).second) {
      waiting_.emplace(step.name, step);
    }
  }
  start_ready();
}

bool StepRunner::all_ended(const std::vector<std::string>& names) const {
  return std::ranges::all_of(names, [this](const auto& name) { return ended(name); });
}

void StepRunner::start_ready() {
  std::vector<plan::Step> ready;
  for (const auto& [name, step] : waiting_) {
    if (all_ended(step.after)) ready.push_back(step);
  }
  for (const auto& step : ready) waiting_.erase(step.name);
  for (const auto& step : ready) start(step);
}

void StepRunner::start(const plan::Step& step) {
  const std::size_t index = reports_.size();
  reports_.push_back({step.name, plan::describe(step.action), loop_.now(), {}, ""});
  perform_(step, [this, index](Result<void> result) {
    auto& report = reports_[index];
    report.end = loop_.now();
    if (!result) report.error = result.error().message;
    ended_.insert(report.name);
    const StepReport copy = report;  // on_end may start steps, which moves the reports
    on_end_(copy);
    start_ready();
  });
}

}  // namespace ros::manager
