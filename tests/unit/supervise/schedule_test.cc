#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness.h"

namespace ros::supervise {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

config::ServiceDefinition job() {
  auto definition = service("job");
  definition.schedule = "@daily";
  definition.only_scheduled = true;
  return definition;
}

TEST(Scheduled, IsDownUntilItsTimeAndHoldsUpNothing) {
  Harness t({job()});
  t.boot();
  EXPECT_THAT(t.actions(), IsEmpty());
  EXPECT_EQ(t.state("job"), State::kDown);
  EXPECT_TRUE(t.supervisor.all_settled());
  for (const auto* const generation : {"1", "2"}) {
    ASSERT_TRUE(t.supervisor.start(t.now, "job"));
    EXPECT_THAT(t.actions(), ElementsAre(std::string("start job.") + generation));
    EXPECT_TRUE(t.supervisor.all_settled());
    t.started("job");
    t.exited("job", 0);
    EXPECT_THAT(t.actions(), ElementsAre(std::string("remove job.") + generation));
    t.supervisor.removed(t.now, t.id("job"));
    EXPECT_EQ(t.state("job"), State::kDone);
  }
}

// One with a schedule that is not "create only" runs at boot, too.
TEST(Scheduled, RunsAtBootUnlessItIsOnlyScheduled) {
  auto definition = job();
  definition.only_scheduled = false;
  Harness t({definition});
  t.boot();
  EXPECT_THAT(t.actions(), ElementsAre("start job.1"));
}

}  // namespace
}  // namespace ros::supervise
