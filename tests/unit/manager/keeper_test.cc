// Ordinary lives of services, and what becomes of them when containerd or the manager goes.
#include "manager/keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/log.h"
#include "unit/manager/world.h"

namespace ros::manager {
namespace {

using fakes::Fault;
using sys::Millis;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

class KeeperTest : public ::testing::Test {
 protected:
  KeeperTest() { set_log_sink({.threshold = LogLevel::kError}); }
  ~KeeperTest() override { set_log_sink({}); }

  // A world in which `definition` is ready.
  static std::unique_ptr<World> with(const config::ServiceDefinition& definition) {
    auto world = std::make_unique<World>(std::vector{definition});
    EXPECT_TRUE(world->until_ready(definition.name));
    return world;
  }
  static Millis time(World& world, const std::function<void()>& what) {
    const auto begin = world.loop().now();
    what();
    return world.loop().now() - begin;
  }
};

config::ServiceDefinition pulled(config::ServiceDefinition definition) {
  definition.image = fakes::kPulledImage;
  return definition;
}

config::ServiceDefinition with_health_check(config::ServiceDefinition definition) {
  definition.ready.kind = config::ReadinessKind::kHealth;
  definition.healthcheck.test = {"/check"};
  return definition;
}

TEST_F(KeeperTest, AServiceStartsWhenWhatItNeedsIsReady) {
  World world({service("web", {"base"}), with_health_check(service("base"))});
  world.containerd.healthy = false;
  world.loop().run_for(Millis(25'000));
  EXPECT_EQ(world.containerd.running(), (std::vector<std::string>{"base.1"}));
  world.containerd.healthy = true;
  ASSERT_TRUE(world.until_ready("web"));
  EXPECT_THAT(world.containerd.calls(),
              ElementsAre("list_containers", "list_tasks", "create_container base.1",
                          "create_task base.1", "start_task base.1", "wait_task base.1",
                          "exec base.1 health-1", "exec base.1 health-2", "exec base.1 health-3",
                          "exec base.1 health-4", "create_container web.1", "create_task web.1",
                          "start_task web.1", "wait_task web.1"));
}

TEST_F(KeeperTest, AHealthCheckMayFailSoOftenBeforeOthersWaitNoLonger) {
  auto base = with_health_check(service("base"));
  base.healthcheck.retries = 2;
  World world({service("web", {"base"}), base});
  world.containerd.healthy = false;
  world.loop().run_for(Millis(9'000));
  EXPECT_EQ(world.status("web").state, supervise::State::kWaiting);
  world.loop().run_for(Millis(2'000));
  EXPECT_EQ(world.status("web").state, supervise::State::kFailed);
  EXPECT_EQ(world.status("web").reason, "needs 'base': health check failed 2 times: exit status 1");
  world.containerd.healthy = true;
  EXPECT_TRUE(world.until_ready("base"));
  EXPECT_TRUE(world.until_ready("web"));
}

TEST_F(KeeperTest, APulledImageIsPulledOnceAndRunsFromASnapshot) {
  const auto world = with(pulled(service("web")));
  EXPECT_THAT(world->everything(), IsSupersetOf({"container web.1", "snapshot web.1"}));
  world->restart("web");
  ASSERT_TRUE(world->until_asked("start_task web.2"));
  EXPECT_EQ(world->containerd.count("pull " + std::string(fakes::kPulledImage)), 1U);
  EXPECT_EQ(world->containerd.count("remove_snapshot web.1"), 1U);
}

TEST_F(KeeperTest, ABuiltInServiceNeverAsksForImagesOrSnapshots) {
  const auto world = with(service("web"));
  world->stop("web");
  ASSERT_TRUE(world->until_down("web"));
  EXPECT_EQ(world->containerd.count("list_images"), 0U);
  EXPECT_EQ(world->containerd.count("remove_snapshot web.1"), 0U);
}

TEST_F(KeeperTest, SnapshotsOfAnEarlierBootGo) {
  const auto world = with(pulled(service("web")));
  world->containerd.leave_snapshot("web.7");
  world->restart("web");
  ASSERT_TRUE(world->until_asked("start_task web.2"));
  EXPECT_THAT(world->everything(), IsSupersetOf({"snapshot web.2"}));
  EXPECT_EQ(world->containerd.count("remove_snapshot web.7"), 1U);
}

TEST_F(KeeperTest, ASnapshotThatCantBeRemovedHoldsNothingUp) {
  const auto world = with(pulled(service("web")));
  world->containerd.refuse("remove_snapshot web.1");
  world->stop("web");
  EXPECT_TRUE(world->until_down("web"));
}

TEST_F(KeeperTest, WhatEndsStartsAgainEachTimeAfterTwiceTheDelay) {
  const auto world = with(service("web"));
  for (const int delay : {100, 200, 400}) {
    const auto old = world->id("web");
    world->containerd.end(old, 1);
    ASSERT_TRUE(world->loop().run_until([&] { return !world->ready("web"); }));
    const auto took = time(*world, [&] { EXPECT_TRUE(world->until_ready("web")); });
    EXPECT_GE(took, Millis(delay));
    EXPECT_LE(took, Millis(delay + 20));
  }
  EXPECT_THAT(world->containerd.running(), ElementsAre("web.4"));
  EXPECT_THAT(world->containerd.wrongs(), IsEmpty());
}

TEST_F(KeeperTest, AnEndIsNoticedAlsoWhenTheAnswerIsLost) {
  World world({service("web")});
  world.containerd.fail("wait_task web.1", Fault::kSilent);
  ASSERT_TRUE(world.until_asked("wait_task web.1"));
  world.containerd.end("web.1", 1);
  EXPECT_LE(time(world, [&] { EXPECT_TRUE(world.until_asked("start_task web.2")); }),
            Millis(61'000));
}

TEST_F(KeeperTest, NothingStaysOfAServiceThatIsStopped) {
  const auto world = with(service("web"));
  world->stop("web");
  EXPECT_LE(time(*world, [&] { EXPECT_TRUE(world->until_down("web")); }), Millis(50));
  EXPECT_EQ(world->containerd.count("kill_task web.1 15"), 1U);
  EXPECT_THAT(world->everything(), IsEmpty());
}

TEST_F(KeeperTest, OneThatDoesNotHearIsKilledAfterItsGrace) {
  auto definition = service("web");
  definition.stop_grace = Millis(3000);
  const auto world = with(definition);
  world->containerd.manners["web"].deaf = true;
  world->stop("web");
  const auto took = time(*world, [&] { EXPECT_TRUE(world->until_down("web")); });
  EXPECT_GE(took, Millis(3000));
  EXPECT_LE(took, Millis(3050));
  EXPECT_THAT(world->everything(), IsEmpty());
}

TEST_F(KeeperTest, AShutdownIsOverAlthoughARemovalHangs) {
  const auto world = with(service("web"));
  world->containerd.fail("delete_container web.1", Fault::kSilent);
  const auto took = time(*world, [&] { EXPECT_TRUE(world->shut_down(Millis(60'000))); });
  EXPECT_GE(took, Millis(10'000));
  EXPECT_LE(took, Millis(10'050));
}

TEST_F(KeeperTest, WhatRunsGoesOnWhenContainerdGoes) {
  const auto world = with(service("web"));
  ASSERT_TRUE(world->until_asked("wait_task web.1"));
  world->containerd.go_away();
  world->loop().run_for(fakes::kAwayTime * 2);
  EXPECT_TRUE(world->ready("web"));
  EXPECT_THAT(world->containerd.running(), ElementsAre("web.1"));
  world->containerd.end("web.1", 1);
  EXPECT_LE(time(*world, [&] { EXPECT_TRUE(world->until_asked("start_task web.2")); }),
            Millis(150));
}

TEST_F(KeeperTest, TheStopSignalIsSentAgainWhileContainerdIsAway) {
  for (const auto fault : {Fault::kRefused, Fault::kAway}) {
    const auto world = with(service("web"));
    world->containerd.fail("kill_task web.1 15", fault);
    world->stop("web");
    EXPECT_LE(time(*world, [&] { EXPECT_TRUE(world->until_down("web")); }),
              fakes::kAwayTime + Millis(500))
        << "not as late as its grace ends";
    EXPECT_GE(world->containerd.count("kill_task web.1 15"), 2U);
  }
}

TEST_F(KeeperTest, TheStopSignalIsSentAgainWhenNobodyAnswers) {
  auto definition = service("web");
  definition.stop_grace = Millis(60'000);
  const auto world = with(definition);
  world->containerd.fail("kill_task web.1 15", Fault::kSilent);
  world->stop("web");
  EXPECT_LE(time(*world, [&] { EXPECT_TRUE(world->until_down("web")); }), Millis(11'000));
  EXPECT_EQ(world->containerd.count("kill_task web.1 15"), 2U);
}

TEST_F(KeeperTest, ARemovalThatIsRefusedIsTriedAgainLessAndLessOften) {
  const auto world = with(service("web"));
  world->containerd.refuse("delete_container web.1", 10);
  world->stop("web");
  world->loop().run_for(Millis(20'000));
  EXPECT_LE(world->containerd.count("delete_container web.1"), 8U);
  EXPECT_TRUE(world->until_down("web")) << "it is still tried";
  EXPECT_THAT(world->everything(), IsEmpty());
}

TEST_F(KeeperTest, NoStopSignalFollowsTheOneThatKills) {
  auto definition = service("web");
  definition.stop_grace = Millis(500);
  const auto world = with(definition);
  world->containerd.fail("kill_task web.1 15", Fault::kAway);
  world->stop("web");
  ASSERT_TRUE(world->until_down("web"));
  const auto& calls = world->containerd.calls();
  const auto killed = std::ranges::find(calls, "kill_task web.1 9");
  EXPECT_EQ(std::count(killed, calls.end(), "kill_task web.1 15"), 0);
}

TEST_F(KeeperTest, TheNextManagerTakesOverWhatRuns) {
  World world({service("web"), with_health_check(service("base"))});
  ASSERT_TRUE(world.until_ready("web") && world.until_ready("base"));
  const auto calls = world.containerd.calls().size();
  const auto pid = world.status("web").pid;
  world.kill_manager();
  world.begin_manager();
  ASSERT_TRUE(world.until_ready("web") && world.until_ready("base"));
  EXPECT_EQ(world.status("web").pid, pid);
  world.loop().run_for(Millis(100));
  const auto& all = world.containerd.calls();
  EXPECT_THAT(std::vector(all.begin() + static_cast<std::ptrdiff_t>(calls), all.end()),
              ElementsAre("list_containers", "list_tasks", "wait_task base.1", "wait_task web.1"));
  world.containerd.end("web.1", 1);
  EXPECT_TRUE(world.until_asked("start_task web.2"));
}

TEST_F(KeeperTest, WhatEndedWithoutAManagerStartsAgain) {
  const auto world = with(service("web"));
  world->kill_manager();
  world->containerd.end("web.1", 1);
  world->begin_manager();
  ASSERT_TRUE(world->until_asked("start_task web.2"));
  EXPECT_THAT(world->containerd.wrongs(), IsEmpty());
}

TEST_F(KeeperTest, TheNextManagerRemovesWhatTheLastOneWasRemoving) {
  const auto world = with(service("web"));
  world->containerd.fail("delete_container web.1", Fault::kKilled);
  world->stop("web");
  ASSERT_FALSE(world->until_down("web"));
  ASSERT_THAT(world->everything(), Contains("container web.1"));
  world->kill_manager();
  world->begin_manager();
  ASSERT_TRUE(world->loop().run_until([&] { return world->everything().empty(); }));
  EXPECT_TRUE(world->down("web")) << "it was stopped by request";
}

TEST_F(KeeperTest, ARestartOutlivesTheManager) {
  auto definition = service("web");
  definition.restart.kind = config::RestartKind::kNo;
  for (const auto takes : {Millis(5), Millis(1000)}) {  // until the next manager, or beyond
    const auto world = with(definition);
    world->containerd.manners["web"].takes = takes;
    world->containerd.fail("kill_task web.1 15", Fault::kKilledAfter);
    world->restart("web");
    ASSERT_FALSE(world->until_asked("start_task web.2"));
    world->kill_manager();
    world->begin_manager();
    EXPECT_TRUE(world->until_asked("start_task web.2"));
  }
}

}  // namespace
}  // namespace ros::manager
