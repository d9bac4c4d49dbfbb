// What is done again when the configuration has changed.
#include <algorithm>

#include "plan/plan.h"

namespace ros::plan {
namespace {

template <class... Kinds>
bool is_any_of(const Action& action) {
  return (std::holds_alternative<Kinds>(action) || ...);
}

}  // namespace

bool renders(const Action& action) {
  return is_any_of<LoadModules, SetSysctls, LockDown, SetHostname, WriteEtc, WriteFiles, WriteLines,
                   WriteRegistries>(action);
}

BootPlan changed_steps(const BootPlan& before, const BootPlan& now) {
  BootPlan changed;
  for (const auto& step : now.steps) {
    const auto* const old = before.step(step.name);
    if (!renders(step.action) || (old != nullptr && old->action == step.action)) continue;
    auto& again = changed.steps.emplace_back(step);
    std::erase_if(again.after,
                  [&](const std::string& name) { return changed.step(name) == nullptr; });
  }
  return changed;
}

}  // namespace ros::plan
