// StepRunner: carries out the steps of a boot plan, each as soon as those it waits for have ended.
//
// A step that fails is reported and counts as ended: the boot goes on with what is not affected.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "sys/event_loop.h"

namespace ros::manager {

struct StepReport {
  std::string name;
  std::string description;
  sys::Millis start{0};
  std::optional<sys::Millis> end;  // not set: still running
  std::string error;               // "" = went well
};

class StepRunner {
 public:
  using Done = std::function<void(Result<void>)>;
  // Starts a step; calls `done` once, from the loop, at once or later.
  using Perform = std::function<void(const plan::Step&, Done done)>;

  // `on_end` runs after each step that ended. All must outlive the runner.
  StepRunner(sys::EventLoop& loop, Perform perform, std::function<void(const StepReport&)> on_end);

  // Takes the names as done already: an earlier manager did them.
  void skip(const std::set<std::string>& names);
  // Starts what can start. Steps of an earlier plan that have begun are left alone, others are as
  // the newer one has them, or not at all.
  void run(const plan::BootPlan& plan);

  [[nodiscard]] bool ended(const std::string& name) const { return ended_.contains(name); }
  [[nodiscard]] bool all_ended(const std::vector<std::string>& names) const;
  [[nodiscard]] const std::vector<StepReport>& reports() const { return reports_; }

 private:
  void start_ready();
  void start(const plan::Step& step);

  sys::EventLoop& loop_;
  Perform perform_;
  std::function<void(const StepReport&)> on_end_;
  std::map<std::string, plan::Step> waiting_;
  std::set<std::string> known_;
  std::set<std::string> ended_;
  std::vector<StepReport> reports_;  // in order of start
};

}  // namespace ros::manager
