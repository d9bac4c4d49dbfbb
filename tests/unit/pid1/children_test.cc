#include "pid1/children.h"

#include <gtest/gtest.h>

#include <csignal>

#include "sys/restart_delay.h"

namespace ros::pid1 {
namespace {

using control::pid1::Child;
using control::pid1::ChildState;
using sys::Millis;

// The first keeps running, the second ends at once, the third can't be started.
constexpr Children::Table kTable = {{
    {Child::kLogd, {"/bin/sleep", "60", nullptr}, 0, true},
    {Child::kManager, {"/bin/false", nullptr}, 0, true},
    {Child::kContainerd, {"/no/such/program", nullptr}, 0, false},
    {Child::kImageStore, {"/bin/sleep", "60", nullptr}, 0, false},
}};

class ChildrenTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(loop_->on_signal(SIGCHLD, [this] { children_.reap(); }));
  }
  void TearDown() override {
    const pid_t sleeping = children_.pid(Child::kLogd);
    if (sleeping != 0) {
      kill(sleeping, SIGKILL);
      EXPECT_TRUE(sys::wait_for(sleeping));
    }
  }
  void run_until(const std::function<bool()>& done) {
    for (int i = 0; i < 500 && !done(); ++i) {
      loop_->after(Millis(10), [this] { loop_->stop(); });
      ASSERT_TRUE(loop_->run());
    }
    EXPECT_TRUE(done());
  }

  std::unique_ptr<sys::EventLoop> loop_ = sys::EventLoop::create().value();
  std::vector<Child> ended_;
  Children children_{*loop_, kTable, "", [this](Child id) { ended_.push_back(id); }};
};

TEST_F(ChildrenTest, WantedOnesStartAndStartAgain) {
  children_.start_wanted();
  EXPECT_EQ(children_.status(Child::kLogd).state, ChildState::kRunning);
  EXPECT_EQ(children_.status(Child::kContainerd).state, ChildState::kNotStarted);
  run_until([this] { return children_.status(Child::kManager).restarts >= 2; });
  EXPECT_EQ(ended_, (std::vector<Child>{Child::kManager, Child::kManager}));
  EXPECT_EQ(children_.status(Child::kManager).state, ChildState::kRestarting);
  EXPECT_EQ(children_.status(Child::kLogd).restarts, 0U);
}

TEST_F(ChildrenTest, AKilledChildIsReplaced) {
  children_.start_wanted();
  const pid_t before = children_.pid(Child::kLogd);
  kill(before, SIGKILL);
  run_until([&] {
    const pid_t now = children_.pid(Child::kLogd);
    return now != 0 && now != before;
  });
}

TEST_F(ChildrenTest, AFailedStartIsToldAndTriedAgain) {
  EXPECT_EQ(children_.want(Child::kContainerd).error().code, ENOENT);
  EXPECT_EQ(children_.status(Child::kContainerd).state, ChildState::kRestarting);
  EXPECT_TRUE(children_.want(Child::kContainerd));  // it is on its way
  run_until([this] { return children_.status(Child::kContainerd).restarts >= 2; });
}

TEST(RestartDelayTest, GrowsToItsLimit) {
  EXPECT_EQ(sys::restart_delay(0), Millis(0));
  EXPECT_EQ(sys::restart_delay(1), Millis(0));
  EXPECT_EQ(sys::restart_delay(2), Millis(200));
  EXPECT_EQ(sys::restart_delay(4), Millis(800));
  EXPECT_EQ(sys::restart_delay(7), Millis(6400));
  EXPECT_EQ(sys::restart_delay(8), sys::kLongestDelay);
  EXPECT_EQ(sys::restart_delay(1'000'000), sys::kLongestDelay);
}

}  // namespace
}  // namespace ros::pid1
