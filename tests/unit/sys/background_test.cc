#include "sys/background.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <latch>
#include <string>

#include "sys/tasks.h"

namespace ros::sys {
namespace {

class BackgroundTest : public ::testing::Test {
 protected:
  // Of a thing that takes until somebody has had a turn of the loop meanwhile.
  Task<Result<std::string>> slow() {
    loop_->post([this] { turn_.count_down(); });
    InBackground<std::string> work(*background_, [this]() -> Result<std::string> {
      turn_.wait();
      return std::string("done");
    });
    Result<std::string> result = co_await work;
    co_return result;
  }

  std::latch turn_{1};
  std::unique_ptr<EventLoop> loop_ = EventLoop::create().value();
  std::unique_ptr<Background> background_ = Background::create(*loop_, 2).value();
};

TEST_F(BackgroundTest, TheLoopGoesOnWhileACoroutineWaits) {
  std::string seen;
  start<Result<std::string>>(slow(), [&](Result<std::string> result) {
    seen = result.value();
    loop_->stop();
  });
  ASSERT_TRUE(loop_->run());
  EXPECT_EQ(seen, "done");
}

TEST_F(BackgroundTest, TheResultOfACoroutineThatIsGoneIsDropped) {
  Tasks tasks;
  tasks.start<Result<std::string>>(slow(), [](const Result<std::string>&) { FAIL(); });
  tasks.cancel();
  background_->run(
      []() -> Result<void> { return {}; },
      [this](const Result<void>&) { loop_->after(Millis(5), [this] { loop_->stop(); }); });
  ASSERT_TRUE(loop_->run());
}

TEST_F(BackgroundTest, WhatWasStartedFirstIsDoneFirst) {
  std::latch second_ended(1);
  std::string seen;
  background_->run(
      [&]() -> Result<void> {
        second_ended.wait();
        return {};
      },
      [&](const Result<void>&) { seen += "1"; });
  background_->run(
      [&]() -> Result<void> {
        second_ended.count_down();
        return {};
      },
      [&](const Result<void>&) { seen += "2"; });
  usleep(20'000);  // both end before the loop looks
  const std::function<void()> look = [&] {
    if (background_->idle()) return loop_->stop();
    loop_->after(Millis(1), look);
  };
  look();
  ASSERT_TRUE(loop_->run());
  EXPECT_EQ(seen, "12");
}

TEST_F(BackgroundTest, WhoeverAsksTooOftenIsToldSoAndTheRestGoesOn) {
  std::latch end(1);
  std::size_t ended = 0;
  const auto wait = [&end]() -> Result<void> {
    end.wait();
    return {};
  };
  const auto count = [&](const Result<void>& result) {
    EXPECT_TRUE(result);
    if (++ended == 2) loop_->stop();
  };
  background_->run(wait, count);
  background_->run(wait, count);
  background_->run(wait, [&](const Result<void>& result) {
    EXPECT_EQ(result.error().code, EAGAIN);
    end.count_down();
  });
  ASSERT_TRUE(loop_->run());
  EXPECT_EQ(ended, 2U);
}

}  // namespace
}  // namespace ros::sys
