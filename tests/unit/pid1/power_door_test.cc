#include "pid1/power_door.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "golden.h"

namespace ros::pid1 {
namespace {

using sys::Millis;
using sys::PowerAction;

class PowerDoorTest : public ::testing::Test {
 protected:
  // Runs the loop until the door opens, or for a moment.
  bool opens(Millis patience = Millis(50)) {
    if (!finished_) {
      loop_->after(patience, [this] { loop_->stop(); });
      EXPECT_TRUE(loop_->run());
    }
    return finished_.has_value();
  }

  std::unique_ptr<sys::EventLoop> loop_ = sys::EventLoop::create().value();
  bool manager_runs_ = true;
  std::optional<PowerAction> asked_;
  std::optional<PowerAction> finished_;
  PowerDoor door_{*loop_,
                  {.ask_manager =
                       [this](PowerAction action) {
                         asked_ = action;
                         return manager_runs_;
                       },
                   .finish =
                       [this](PowerAction action) {
                         finished_ = action;
                         loop_->stop();
                       }}};
};

TEST_F(PowerDoorTest, WithoutADeadlineAtOnce) {
  door_.request(PowerAction::kPoweroff, Millis(0));
  EXPECT_EQ(finished_, PowerAction::kPoweroff);
}

TEST_F(PowerDoorTest, TheManagerIsWaitedForUntilItIsDone) {
  door_.request(PowerAction::kReboot, Millis(60'000));
  EXPECT_FALSE(opens());
  door_.request(PowerAction::kReboot, Millis(0));
  EXPECT_EQ(finished_, PowerAction::kReboot);
}

TEST_F(PowerDoorTest, ALateManagerIsNotWaitedFor) {
  door_.request(PowerAction::kHalt, Millis(20));
  EXPECT_FALSE(finished_);
  EXPECT_TRUE(opens(Millis(5000)));
  EXPECT_EQ(finished_, PowerAction::kHalt);
}

TEST_F(PowerDoorTest, ADeadManagerIsNotWaitedFor) {
  door_.request(PowerAction::kPoweroff, Millis(60'000));
  door_.manager_ended();
  EXPECT_EQ(finished_, PowerAction::kPoweroff);
}

TEST_F(PowerDoorTest, WithoutAWishAManagerMayEnd) {
  door_.manager_ended();
  EXPECT_FALSE(opens());
}

TEST_F(PowerDoorTest, ASecondRequestCanShortenTheTimeButNotStretchIt) {
  door_.request(PowerAction::kPoweroff, Millis(60'000));
  door_.request(PowerAction::kPoweroff, Millis(20));
  door_.request(PowerAction::kReboot, Millis(60'000));
  EXPECT_TRUE(opens(Millis(5000)));
  EXPECT_EQ(finished_, PowerAction::kReboot);  // the last wish
}

TEST_F(PowerDoorTest, ASignalAsksTheManagerASecondOneDoesNotWait) {
  door_.signal(PowerAction::kReboot);
  EXPECT_EQ(asked_, PowerAction::kReboot);
  EXPECT_FALSE(opens());
  door_.signal(PowerAction::kPoweroff);
  EXPECT_EQ(finished_, PowerAction::kPoweroff);
}

TEST_F(PowerDoorTest, ASignalWithoutAManagerActsAtOnce) {
  manager_runs_ = false;
  door_.signal(PowerAction::kHalt);
  EXPECT_EQ(finished_, PowerAction::kHalt);
}

// The rule that only one file ends the machine.
TEST(PowerRule, OnlyShutdownEndsTheMachine) {
  namespace fs = std::filesystem;
  const fs::path tree = fs::path(tests::in_tree("ros"));
  for (const auto& entry : fs::recursive_directory_iterator(tree)) {
    const auto name = fs::relative(entry.path(), tree).string();
    if (!name.ends_with(".cc") || name == "pid1/shutdown.cc" || name == "sys/power.cc") continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    for (const auto* const word : {"end_machine", "SYS_reboot", "RB_AUTOBOOT", "RB_POWER_OFF"})
      EXPECT_EQ(text.str().find(word), std::string::npos) << name << " uses " << word;
  }
}

}  // namespace
}  // namespace ros::pid1
