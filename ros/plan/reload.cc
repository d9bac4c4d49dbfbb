// What is done again when the configuration has changed.
#include <algorithm>

#include "plan/plan.h"

namespace ros::plan {
namespace {

template <class... Kinds>
bool is_any_of(const Action& action) {
  return (std::holds_alternative<Kinds>(action) || ...);
}

// A setting that the kernel has refused is not tried again with each change of another one.
void leave_out_unchanged(Action& action, const Action* old) {
  auto* const now = std::get_if<SetSysctls>(&action);
  const auto* const before = old != nullptr ? std::get_if<SetSysctls>(old) : nullptr;
  if (now == nullptr || before == nullptr) return;
  std::erase_if(now->values, [before](const auto& setting) {
    const auto found = before->values.find(setting.first);
    return found != before->values.end() && found->second == setting.second;
  });
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
    leave_out_unchanged(again.action, old != nullptr ? &old->action : nullptr);
    std::erase_if(again.after,
                  [&](const std::string& name) { return changed.step(name) == nullptr; });
  }
  return changed;
}

}  // namespace ros::plan
