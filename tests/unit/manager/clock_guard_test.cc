#include "manager/clock_guard.h"

#include <gtest/gtest.h>

#include "fakes/fake_machine.h"

namespace ros::manager {
namespace {

// That the kernel tells of a clock that was set is for a boot test: only root can set it.
TEST(ClockGuard, TheKernelWatchesTheClock) {
  const auto loop = sys::EventLoop::create().value();
  fakes::FakeMachine machine;
  bool told = false;
  ClockGuard guard(*loop, machine, [&] { told = true; });
  ASSERT_TRUE(guard.begin(std::chrono::system_clock::from_time_t(1'000)));
  loop->after(sys::Millis(20), [&] { loop->stop(); });
  ASSERT_TRUE(loop->run());
  EXPECT_FALSE(told) << "nobody has set it";
}

}  // namespace
}  // namespace ros::manager
