#include "sys/turns.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "sys/task.h"

namespace ros::sys {
namespace {

class TurnsTest : public ::testing::Test {
 protected:
  // Writes its name when its turn begins; the last of all ends the test.
  Task<bool> work(std::string name, std::uint64_t weight) {
    ++left_;
    Turns::Wait wait = turns_.wait(weight);
    {
      const Turns::Turn turn = co_await wait;
      seen_ += name;
      most_ = std::max(most_, ++now_);
      co_await Sleep(*loop_, Millis(1));
      --now_;
    }
    if (--left_ == 0) loop_->stop();
    co_return true;
  }
  void begin(std::string name, std::uint64_t weight) {
    start<bool>(work(std::move(name), weight), [](bool) {});
  }

  std::unique_ptr<EventLoop> loop_ = EventLoop::create().value();
  Turns turns_{*loop_, 2};
  int left_ = 0;
  int now_ = 0;   // whose turn it is
  int most_ = 0;  // at once
  std::string seen_;
};

TEST_F(TurnsTest, TheWeightiestOfAllThatAskAtOnceGoFirst) {
  begin("a", 1);
  begin("b", 2);
  begin("c", 3);
  begin("d", 2);
  EXPECT_EQ(seen_, "");
  ASSERT_TRUE(loop_->run());
  EXPECT_EQ(seen_, "cbda");
  EXPECT_EQ(most_, 2);
}

TEST_F(TurnsTest, WhoTakesAPlaceNowIsCounted) {
  auto now = turns_.take_now();
  ASSERT_TRUE(now);
  begin("a", 1);
  begin("b", 1);
  EXPECT_FALSE(turns_.take_now()) << "somebody waits";
  ASSERT_TRUE(loop_->run());
  EXPECT_EQ(seen_, "ab");
  EXPECT_EQ(most_, 1);
}

TEST_F(TurnsTest, OneThatIsDestroyedWhileItWaitsTakesNoPlace) {
  {
    Task<bool> gone = work("x", 9);
    gone.await_suspend(std::noop_coroutine()).resume();
  }
  begin("a", 1);
  begin("b", 1);
  left_ = 2;
  ASSERT_TRUE(loop_->run());
  EXPECT_EQ(seen_, "ab");
}

}  // namespace
}  // namespace ros::sys
