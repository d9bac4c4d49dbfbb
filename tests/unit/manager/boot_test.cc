#include "manager/boot.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "fakes/fake_background.h"
#include "fakes/fake_loop.h"
#include "fakes/fake_machine.h"
#include "fakes/fake_mounter.h"
#include "fakes/temp_root.h"
#include "plan/tables.h"

namespace ros::manager {
namespace {

class BootTest : public ::testing::Test {
 protected:
  BootTest() { set_log_sink({.threshold = static_cast<LogLevel>(0)}); }
  ~BootTest() override { set_log_sink({}); }

  // Until the services may start.
  void boot(const std::string& config) {
    root_.write(plan::kBuiltInConfig, config);
    boot_.begin();
    ASSERT_TRUE(loop_.run_until([this] { return may_start_; }, sys::Millis(600'000)));
  }

  fakes::TempRoot root_;
  sys::Files files_ = root_.files();
  fakes::FakeMounter mounter_;
  fakes::FakeMachine machine_;
  host::Host host_{files_, mounter_, machine_};
  fakes::FakeLoop loop_;
  fakes::FakeBackground background_{loop_};
  bool may_start_ = false;
  Boot boot_{loop_,
             background_,
             host_,
             {.start_containerd = [] { return Result<void>(); },
              .step_ended = [](const StepReport&) {},
              .services_may_start = [this] { may_start_ = true; },
              .reloaded = [] {}}};
};

TEST_F(BootTest, NothingIsAnsweredBeforeThereIsAPlan) {
  root_.write(plan::kBuiltInConfig, "hostname: x\n");
  background_.freeze();
  boot_.begin();
  bool planned = false;
  boot_.when_planned([&] { planned = !boot_.plan().steps.empty(); });
  loop_.run_for(sys::Millis(100));
  EXPECT_FALSE(planned);
  background_.thaw();
  EXPECT_TRUE(loop_.run_until([&] { return planned; }));
}

TEST_F(BootTest, EachFinishedStepIsRecordedOnce) {
  boot("bootcmd: [[\"true\"]]\nrancher: {state: {script: \"true\"}}\n");
  auto names = split_words(root_.read("/run/ros/manager/steps"));
  EXPECT_EQ(std::ranges::count(names, "bootcmd"), 1);
  EXPECT_EQ(std::ranges::count(names, "state-script"), 1);
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
}

}  // namespace
}  // namespace ros::manager
