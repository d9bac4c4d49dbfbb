#include "manager/steps.h"

#include <gtest/gtest.h>

namespace ros::manager {
namespace {

using Names = std::vector<std::string>;

plan::Step step(const std::string& name, const Names& after = {}) {
  return {name, plan::LoopbackUp{}, after};
}

class StepRunnerTest : public ::testing::Test {
 protected:
  void run(std::vector<plan::Step> steps) {
    plan::BootPlan plan;
    plan.steps = std::move(steps);
    runner_.run(plan);
  }
  void end(const std::string& name) { running_.extract(name).mapped()({}); }

  std::unique_ptr<sys::EventLoop> loop_ = sys::EventLoop::create().value();
  Names begun_;
  std::map<std::string, StepRunner::Done> running_;
  StepRunner runner_{*loop_,
                     [this](const plan::Step& step, StepRunner::Done done) {
                       begun_.push_back(step.name);
                       running_[step.name] = std::move(done);
                     },
                     [](const StepReport&) {}};
};

TEST_F(StepRunnerTest, AStepWaitsForThoseBeforeIt) {
  run({step("a"), step("b"), step("c", {"a", "b"})});
  EXPECT_EQ(begun_, (Names{"a", "b"}));
  end("a");
  EXPECT_FALSE(runner_.ended("b"));
  end("b");
  EXPECT_EQ(begun_, (Names{"a", "b", "c"}));
}

TEST_F(StepRunnerTest, OfANewerPlanWhatHasNotBegunCounts) {
  run({step("disc"), step("format", {"disc"}), step("state", {"format"})});
  run({step("disc"), step("state", {"disc"}), step("late", {"state"})});
  end("disc");
  EXPECT_EQ(begun_, (Names{"disc", "state"})) << "nothing is formatted any more";
  run({step("disc"), step("state"), step("format", {"state"})});
  end("state");
  EXPECT_EQ(begun_, (Names{"disc", "state", "format"}));
}

}  // namespace
}  // namespace ros::manager
