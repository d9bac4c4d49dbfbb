#include "sys/task.h"

#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "fakes/fake_loop.h"
#include "sys/tasks.h"

namespace ros::sys {
namespace {

class TaskTest : public ::testing::Test {
 protected:
  std::unique_ptr<EventLoop> loop_ = EventLoop::create().value();
};

Task<Result<std::string>> greet(EventLoop& loop, std::string name) {
  co_await Sleep(loop, Millis(1));
  if (name.empty()) co_return fail("no name");
  co_return "hello " + name;
}

Task<Result<std::string>> greet_twice(EventLoop& loop) {
  Result<std::string> first = co_await greet(loop, "a");
  if (!first) co_return std::unexpected(first.error());
  Result<std::string> second = co_await greet(loop, "");
  EXPECT_EQ(second.error().message, "no name");
  co_return *first + " twice";
}

TEST_F(TaskTest, ReturnsValuesThroughNestedTasks) {
  std::string seen;
  start<Result<std::string>>(greet_twice(*loop_), [&](Result<std::string> value) {
    seen = value.value();
    loop_->stop();
  });
  EXPECT_EQ(seen, "");
  ASSERT_TRUE(loop_->run());
  EXPECT_EQ(seen, "hello a twice");
}

Task<int> wait_for_value(Completion<int>& completion) {
  co_return co_await completion;
}

TEST_F(TaskTest, CompletionKeepsTheFirstValue) {
  Completion<int> completion;
  int seen = 0;
  start<int>(wait_for_value(completion), [&](int value) { seen = value; });
  completion.set(7);
  completion.set(8);
  EXPECT_EQ(seen, 7);
}

TEST_F(TaskTest, WhatHasNotEndedEndsWithItsOwner) {
  int held = 0;
  struct Hold {
    explicit Hold(int& count) : count_(count) { ++count_; }
    ~Hold() { --count_; }
    int& count_;
  };
  const auto hold = [](EventLoop& loop, int& count, Millis time) -> Task<int> {
    const Hold one(count);
    co_await Sleep(loop, time);
    co_return 1;
  };
  fakes::FakeLoop loop;
  int ended = 0;
  const auto count = [&ended](int value) { ended += value; };
  {
    Tasks tasks;
    tasks.start<int>(hold(loop, held, Millis(1)), count);
    tasks.start<int>(hold(loop, held, Millis(86'400'000)), count);
    EXPECT_EQ(held, 2);
    loop.run_for(Millis(10));
    EXPECT_EQ(std::pair(held, ended), std::pair(1, 1));
  }
  EXPECT_EQ(held, 0);
  loop.run_for(Millis(86'400'000));
  EXPECT_EQ(ended, 1);
}

TEST_F(TaskTest, TimersRunInOrderAndCanBeCancelled) {
  std::string order;
  loop_->after(Millis(5), [&] {
    order += "b";
    loop_->stop();
  });
  loop_->after(Millis(1), [&] { order += "a"; });
  loop_->cancel(loop_->after(Millis(2), [&] { order += "x"; }));
  ASSERT_TRUE(loop_->run());
  EXPECT_EQ(order, "ab");
}

TEST_F(TaskTest, WhatIsPostedRunsFromTheLoopInOrder) {
  std::string order;
  loop_->post([&] {
    order += "a";
    loop_->post([&] {
      order += "c";
      loop_->stop();
    });
  });
  loop_->post([&] { order += "b"; });
  EXPECT_EQ(order, "");
  ASSERT_TRUE(loop_->run());
  EXPECT_EQ(order, "abc");
}

TEST_F(TaskTest, SignalsReachTheLoop) {
  ASSERT_TRUE(loop_->on_signal(SIGUSR1, [&] { loop_->stop(); }));
  loop_->post([] { raise(SIGUSR1); });
  EXPECT_TRUE(loop_->run());
}

}  // namespace
}  // namespace ros::sys
