#include "supervise/supervisor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/supervise/harness.h"

namespace ros::supervise {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(Supervisor, StartsIndependentServicesAtOnce) {
  Harness world({service("a"), service("b")});
  world.boot();
  EXPECT_THAT(world.actions(), ElementsAre("start a.1", "start b.1"));
  world.supervisor.started(world.now, {"a", 1}, 11);
  EXPECT_EQ(world.state("a"), State::kReady);
  EXPECT_EQ(world.status("a").pid, 11U);
  EXPECT_FALSE(world.supervisor.all_settled());
  world.started("b");
  EXPECT_TRUE(world.supervisor.all_settled());
}

TEST(Supervisor, DependantWaitsForReadinessOfItsKind) {
  auto network = service("network");
  network.ready = {config::ReadinessKind::kSocket, "/run/network.sock", Millis(5000)};
  Harness world({network, service("ntp", {"network"})});
  world.boot();
  EXPECT_THAT(world.actions(), ElementsAre("start network.1"));
  EXPECT_EQ(world.state("ntp"), State::kWaiting);
  world.started("network");
  EXPECT_THAT(world.actions(), ElementsAre("probe network.1"));
  EXPECT_EQ(world.state("ntp"), State::kWaiting);
  world.now += Millis(700);
  world.supervisor.ready(world.now, {"network", 1});
  EXPECT_THAT(world.actions(), ElementsAre("start ntp.1"));
  EXPECT_EQ(world.status("network").ready_at, world.now);
}

TEST(Supervisor, ReadinessLimitFailsDependantsAndLateReadinessHealsThem) {
  auto network = service("network");
  network.ready = {config::ReadinessKind::kNotify, "", Millis(60'000)};
  Harness world({network, service("ntp", {"network"})});
  world.boot();
  world.started("network");
  EXPECT_EQ(world.supervisor.next_deadline(), world.now + Millis(60'000));
  world.pass(Millis(60'000));
  EXPECT_TRUE(world.status("network").failed);
  EXPECT_EQ(world.status("network").reason, "not ready after 60 s");
  EXPECT_EQ(world.state("network"), State::kUnready);
  EXPECT_EQ(world.state("ntp"), State::kFailed);
  EXPECT_EQ(world.status("ntp").reason, "needs 'network': not ready after 60 s");
  EXPECT_TRUE(world.supervisor.all_settled());
  world.actions();
  world.supervisor.ready(world.now, {"network", 1});
  EXPECT_THAT(world.actions(), ElementsAre("start ntp.1"));
  EXPECT_FALSE(world.status("network").failed);
}

TEST(Supervisor, FailedServiceFailsDependantsAndNothingElse) {
  Harness world({service("a"), service("b", {"a"}), service("c", {"b"}), service("console")});
  world.boot();
  world.supervisor.start_failed(world.now, {"a", 1}, "image 'nothing' is not built in");
  EXPECT_THAT(world.actions(), ElementsAre("start a.1", "start console.1", "remove a.1"));
  world.supervisor.removed(world.now, {"a", 1});
  world.started("console");
  EXPECT_EQ(world.status("a").reason, "image 'nothing' is not built in");
  EXPECT_EQ(world.status("b").reason, "needs 'a': failed: image 'nothing' is not built in");
  EXPECT_EQ(world.status("c").reason,
            "needs 'b': failed: needs 'a': failed: image 'nothing' is not built in");
  EXPECT_EQ(world.state("console"), State::kReady);
  EXPECT_TRUE(world.supervisor.all_settled());
}

TEST(Supervisor, RejectedServicesAreListedAndFailTheirDependants) {
  Harness world({service("a", {"broken"})}, {{"broken", "user-data:3:5: no image"}});
  world.boot();
  EXPECT_THAT(world.actions(), IsEmpty());
  EXPECT_EQ(world.status("broken").reason, "user-data:3:5: no image");
  EXPECT_EQ(world.status("a").reason, "needs 'broken': failed: user-data:3:5: no image");
  const auto result = world.supervisor.start(world.now, "broken");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "service 'broken' can't be started: user-data:3:5: no image");
}

TEST(Supervisor, CyclesAreRefusedAndTheRestStarts) {
  Harness world({service("a", {"b"}), service("b", {"a"}), service("c", {"c"}), service("d")});
  world.boot();
  EXPECT_THAT(world.actions(), ElementsAre("start d.1"));
  EXPECT_EQ(world.status("a").reason, "dependency cycle: a -> b -> a");
  EXPECT_EQ(world.status("b").reason, "dependency cycle: b -> a -> b");
  EXPECT_EQ(world.status("c").reason, "dependency cycle: c -> c");
}

TEST(Supervisor, SoftOrderDelaysButNeverBlocks) {
  auto early = service("early");
  early.before = {"late", "nobody"};
  early.ready = {config::ReadinessKind::kNotify, "", Millis(2000)};
  Harness world({early, service("late")});
  world.boot();
  EXPECT_THAT(world.actions(), ElementsAre("start early.1"));
  world.pass(Millis(1999));  // its start hangs
  EXPECT_THAT(world.actions(), IsEmpty());
  world.pass(Millis(1));
  EXPECT_THAT(world.actions(), ElementsAre("start late.1"));
}

TEST(Supervisor, SoftOrderGoesOnWhenTheEarlierOneFails) {
  auto early = service("early");
  early.before = {"late"};
  Harness world({early, service("late")});
  world.boot();
  world.supervisor.start_failed(world.now, {"early", 1}, "no");
  world.supervisor.removed(world.now, {"early", 1});
  EXPECT_THAT(world.actions(), ElementsAre("start early.1", "remove early.1", "start late.1"));
}

TEST(Supervisor, OneShotIsReadyWhenItExitedWithZero) {
  auto setup = service("setup");
  setup.detach = false;
  Harness world({setup, service("main", {"setup"})});
  world.boot();
  world.started("setup");
  EXPECT_THAT(world.actions(), ElementsAre("start setup.1"));
  world.exited("setup", 0);
  EXPECT_THAT(world.actions(), ElementsAre("remove setup.1"));
  world.supervisor.removed(world.now, {"setup", 1});
  EXPECT_EQ(world.state("setup"), State::kDone);
  EXPECT_THAT(world.actions(), ElementsAre("start main.1"));
}

TEST(Supervisor, OneShotThatFailsFailsItsDependants) {
  auto setup = service("setup");
  setup.detach = false;
  Harness world({setup, service("main", {"setup"})});
  world.boot();
  world.started("setup");
  world.exited("setup", 3);
  world.supervisor.removed(world.now, {"setup", 1});
  EXPECT_EQ(world.status("main").reason, "needs 'setup': failed: exited with status 3");
}

TEST(Supervisor, CreateOnlyIsDoneWhenCreated) {
  auto volumes = service("volumes");
  volumes.create_only = true;
  Harness world({volumes, service("main", {"volumes"})});
  world.boot();
  EXPECT_THAT(world.actions(), ElementsAre("create volumes.1"));
  world.supervisor.created(world.now, {"volumes", 1});
  EXPECT_EQ(world.state("volumes"), State::kDone);
  EXPECT_THAT(world.actions(), ElementsAre("start main.1"));
  ASSERT_TRUE(world.supervisor.restart(world.now, "volumes"));
  EXPECT_THAT(world.actions(), ElementsAre("remove volumes.1"));
  world.supervisor.removed(world.now, {"volumes", 1});
  EXPECT_THAT(world.actions(), ElementsAre("create volumes.2"));
}

TEST(Supervisor, RestartsWithGrowingDelayAndSaysSo) {
  auto a = service("a");
  a.restart = {config::RestartKind::kAlways, 0};
  Harness world({a, service("b", {"a"})});
  a.ready.kind = config::ReadinessKind::kNotify;
  world.boot();
  world.fail_once("a", 1);
  EXPECT_EQ(world.state("a"), State::kRestarting);
  EXPECT_EQ(world.status("a").reason, "restarting in 100 ms: exited with status 1");
  EXPECT_TRUE(world.status("a").failed);
  world.pass(Millis(99));
  EXPECT_EQ(world.state("a"), State::kRestarting);
  world.pass(Millis(1));
  EXPECT_EQ(world.state("a"), State::kStarting);
  for (int i = 0; i < 5; ++i) world.fail_once("a", 1);
  EXPECT_EQ(world.status("a").reason, "restarting in 3.2 s: exited with status 1");
  for (int i = 0; i < 9; ++i) world.fail_once("a", 137);
  EXPECT_EQ(world.status("a").reason, "restarting in 30 s: ended by signal 9 (Killed)");
  world.pass(Millis(30'000));
  world.started("a");
  world.pass(Millis(60'000));
  world.exited("a", 0);
  world.supervisor.removed(world.now, world.id("a"));
  EXPECT_EQ(world.status("a").reason, "restarting in 100 ms: exited with status 0");
}

TEST(Supervisor, DependantsGiveUpOnAServiceThatKeepsFailing) {
  auto a = service("a");
  a.restart = {config::RestartKind::kAlways, 0};
  a.ready.kind = config::ReadinessKind::kNotify;
  Harness world({a, service("b", {"a"})});
  world.boot();
  world.fail_once("a", 1);
  EXPECT_FALSE(world.supervisor.all_settled());
  world.fail_once("a", 1);
  EXPECT_EQ(world.state("b"), State::kWaiting);
  world.fail_once("a", 1);
  EXPECT_EQ(world.status("b").reason, "needs 'a': failed: exited with status 1");
  EXPECT_TRUE(world.supervisor.all_settled());
  world.pass(Millis(400));
  world.started("a");
  world.supervisor.ready(world.now, world.id("a"));
  EXPECT_EQ(world.state("b"), State::kStarting);
}

TEST(Supervisor, OnFailureGivesUpAfterItsTries) {
  auto a = service("a");
  a.restart = {config::RestartKind::kOnFailure, 2};
  Harness world({a});
  world.boot();
  for (int i = 0; i < 3; ++i) world.fail_once("a", 7);
  EXPECT_EQ(world.state("a"), State::kFailed);
  EXPECT_EQ(world.status("a").reason, "gave up after 2 restarts: exited with status 7");
  ASSERT_TRUE(world.supervisor.start(world.now, "a"));
  EXPECT_EQ(world.state("a"), State::kStarting);
  EXPECT_EQ(world.status("a").restarts, 0);
}

TEST(Supervisor, ExitBeforeTheAnswerToStartIsNotLost) {
  Harness world({service("a")});
  world.boot();
  world.exited("a", 1);
  EXPECT_EQ(world.state("a"), State::kStarting);
  world.started("a");
  EXPECT_THAT(world.actions(), ElementsAre("start a.1", "remove a.1"));
}

TEST(Supervisor, CleanExitBeforeReadyIsAFailure) {
  auto a = service("a");
  a.ready = {config::ReadinessKind::kSocket, "/run/a.sock", Millis(1000)};
  Harness world({a});
  world.boot();
  world.started("a");
  world.exited("a", 0);
  world.supervisor.removed(world.now, {"a", 1});
  EXPECT_THAT(world.actions(),
              ElementsAre("start a.1", "probe a.1", "end probe of a.1", "remove a.1"));
  EXPECT_EQ(world.status("a").reason, "exited with status 0 before it was ready");
}

TEST(Supervisor, StopSignalsThenKills) {
  auto a = service("a");
  a.stop_signal = "SIGINT";
  a.stop_grace = Millis(3000);
  Harness world({a});
  world.boot();
  world.started("a");
  world.actions();
  ASSERT_TRUE(world.supervisor.stop(world.now, "a"));
  EXPECT_THAT(world.actions(), ElementsAre("stop with SIGINT a.1"));
  world.pass(Millis(3000));
  EXPECT_THAT(world.actions(), ElementsAre("kill a.1"));
  world.pass(Millis(10'000));
  EXPECT_THAT(world.actions(), ElementsAre("kill a.1"));
  EXPECT_EQ(world.status("a").reason, "does not end after SIGKILL");
  world.exited("a", 137);
  EXPECT_FALSE(world.supervisor.settled("a"));
  world.supervisor.removed(world.now, {"a", 1});
  EXPECT_EQ(world.state("a"), State::kDown);
  EXPECT_TRUE(world.supervisor.settled("a"));
}

TEST(Supervisor, RestartRequestMakesANewGenerationAndLeavesDependantsAlone) {
  Harness world({service("a"), service("b", {"a"})});
  world.boot();
  world.started("a");
  world.started("b");
  world.actions();
  ASSERT_TRUE(world.supervisor.restart(world.now, "a", Millis(500)));
  EXPECT_FALSE(world.supervisor.settled("a"));
  world.exited("a", 143);
  world.supervisor.removed(world.now, {"a", 1});
  EXPECT_THAT(world.actions(), ElementsAre("stop with SIGTERM a.1", "remove a.1", "start a.2"));
  EXPECT_EQ(world.state("b"), State::kReady);
}

TEST(Supervisor, StopDuringStartCancelsAndCleansUp) {
  Harness world({service("a")});
  world.boot();
  ASSERT_TRUE(world.supervisor.stop(world.now, "a"));
  EXPECT_THAT(world.actions(), ElementsAre("start a.1", "cancel a.1"));
  world.supervisor.start_failed(world.now, {"a", 1}, "canceled");
  EXPECT_THAT(world.actions(), ElementsAre("remove a.1"));
  ASSERT_TRUE(world.supervisor.start(world.now, "a"));
  world.supervisor.removed(world.now, {"a", 1});
  EXPECT_THAT(world.actions(), ElementsAre("start a.2"));
}

TEST(Supervisor, StartBringsUpWhatItNeedsAndIgnoresFailedOnes) {
  Harness world({service("a"), service("b", {"a"}), service("bad"), service("c", {"bad"})});
  world.boot();
  world.started("a");
  world.started("b");
  world.supervisor.start_failed(world.now, {"bad", 1}, "no image");
  world.supervisor.removed(world.now, {"bad", 1});
  for (const char* name : {"b", "a"}) {
    ASSERT_TRUE(world.supervisor.stop(world.now, name));
    world.exited(name, 143);
    world.supervisor.removed(world.now, world.id(name));
  }
  EXPECT_EQ(world.state("b"), State::kDown);
  world.actions();
  ASSERT_TRUE(world.supervisor.start(world.now, "b"));
  EXPECT_THAT(world.actions(), ElementsAre("start a.2"));
  world.started("a");
  EXPECT_THAT(world.actions(), ElementsAre("start b.2"));
  ASSERT_TRUE(world.supervisor.start(world.now, "c"));
  EXPECT_THAT(world.actions(), ElementsAre("start c.1"));
  EXPECT_FALSE(world.supervisor.start(world.now, "nobody"));
}

TEST(Supervisor, ShutsDownDependantsFirstAndInParallel) {
  Harness world({service("base"), service("a", {"base"}), service("b", {"base"})});
  world.boot();
  for (const char* name : {"base", "a", "b"}) world.started(name);
  world.actions();
  world.supervisor.shutdown(world.now, Millis(60'000));
  EXPECT_THAT(world.actions(),
              UnorderedElementsAre("stop with SIGTERM a.1", "stop with SIGTERM b.1"));
  world.exited("a", 0);
  EXPECT_THAT(world.actions(), ElementsAre("remove a.1"));
  world.exited("b", 0);
  EXPECT_THAT(world.actions(), UnorderedElementsAre("remove b.1", "stop with SIGTERM base.1"));
  world.exited("base", 0);
  for (const char* name : {"base", "a", "b"}) {
    EXPECT_FALSE(world.supervisor.shutdown_done());
    world.supervisor.removed(world.now, {name, 1});
  }
  EXPECT_TRUE(world.supervisor.shutdown_done());
  EXPECT_FALSE(world.supervisor.restart(world.now, "a"));
}

TEST(Supervisor, ShutdownIsSoonOverWhenOnlyRemovalsHang) {
  Harness world({service("a"), service("b")});
  world.boot();
  world.started("a");
  world.started("b");
  world.supervisor.shutdown(world.now, Millis(60'000));
  world.exited("a", 0);
  EXPECT_EQ(world.supervisor.next_deadline(), world.now + Millis(10'000)) << "b has its grace";
  world.exited("b", 0);
  world.pass(Millis(8000));
  EXPECT_FALSE(world.supervisor.shutdown_done());
  world.pass(Millis(2000));
  EXPECT_TRUE(world.supervisor.shutdown_done());
}

TEST(Supervisor, ShutdownLimitKillsAndEndsWhateverIsLeft) {
  auto a = service("a");
  a.stop_grace = Millis(600'000);
  Harness world({a, service("b", {"a"}), service("c")});
  world.boot();
  world.started("a");
  world.started("b");
  world.actions();
  world.supervisor.shutdown(world.now, Millis(5000));
  EXPECT_THAT(world.actions(), ElementsAre("stop with SIGTERM b.1", "cancel c.1"));
  world.pass(Millis(5000));
  EXPECT_THAT(world.actions(), ElementsAre("kill a.1", "kill b.1"));
  EXPECT_FALSE(world.supervisor.shutdown_done());
  EXPECT_EQ(world.supervisor.next_deadline(), world.now + Millis(2000));
  world.pass(Millis(2000));
  EXPECT_TRUE(world.supervisor.shutdown_done());
}

}  // namespace
}  // namespace ros::supervise
