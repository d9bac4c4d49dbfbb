// A second manager takes over: what it keeps, removes and starts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/supervise/harness.h"

namespace ros::supervise {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Task = Existing::Task;

[[nodiscard]] Existing running(const std::string& id, const config::ServiceDefinition& of) {
  return {id, true, of.definition_hash(), Task::kRunning, 77, 0};
}

// The memory of a manager that booted `services` and had them all ready.
[[nodiscard]] std::vector<Memory> memory_of_all_ready(
    const std::vector<config::ServiceDefinition>& services) {
  Harness world(services);
  world.boot();
  for (const auto& each : services) {
    world.started(each.name);
    world.supervisor.ready(world.now, world.id(each.name));
  }
  return decode_memory(encode_memory(world.supervisor.memory())).value();
}

struct Second : Harness {
  using Harness::Harness;
  void take_over(const std::vector<Existing>& existing, const std::vector<Memory>& memory = {}) {
    now = Millis(500'000);
    supervisor.adopt(now, existing, memory);
    supervisor.boot(now);
  }
};

TEST(Adopt, KeepsWhatRunsAndStartsWhatIsMissing) {
  const auto a = service("a");
  Second world({a, service("b")});
  world.take_over({running("a.4", a)});
  EXPECT_THAT(world.actions(), ElementsAre("start b.1"));
  EXPECT_EQ(world.state("a"), State::kReady);
  EXPECT_EQ(world.status("a").generation, 4U);
  EXPECT_EQ(world.status("a").pid, 77U);
  world.exited("a", 0);
  EXPECT_THAT(world.actions(), ElementsAre("remove a.4"));
}

TEST(Adopt, RemembersTimesAndDoesNotProbeWhatWasReady) {
  auto a = service("a");
  a.ready = {config::ReadinessKind::kSocket, "/run/a.sock", Millis(1000)};
  const auto memory = memory_of_all_ready({a});
  Second world({a});
  world.take_over({running("a.1", a)}, memory);
  EXPECT_THAT(world.actions(), IsEmpty());
  EXPECT_EQ(world.state("a"), State::kReady);
  EXPECT_EQ(world.status("a").ready_at, Millis(1000));
}

TEST(Adopt, ProbesAgainWhatWasNotReady) {
  auto a = service("a");
  a.ready = {config::ReadinessKind::kSocket, "/run/a.sock", Millis(1000)};
  Second world({a, service("b", {"a"})});
  world.take_over({running("a.1", a)});
  EXPECT_THAT(world.actions(), ElementsAre("probe a.1"));
  EXPECT_EQ(world.state("b"), State::kWaiting);
}

TEST(Adopt, NotifyIsTakenAsReadyBecauseItsMessageIsGone) {
  auto a = service("a");
  a.ready.kind = config::ReadinessKind::kNotify;
  Second world({a});
  world.take_over({running("a.1", a)});
  EXPECT_EQ(world.state("a"), State::kReady);
}

TEST(Adopt, AnotherDefinitionRunsOnMarkedOutdated) {
  auto old = service("a");
  auto now = old;
  now.image = "another";
  Second world({now});
  world.take_over({running("a.1", old)});
  EXPECT_TRUE(world.status("a").outdated);
  EXPECT_EQ(world.status("a").reason, "definition changed: restart to apply");
  ASSERT_TRUE(world.supervisor.restart(world.now, "a"));
  world.exited("a", 143);
  world.supervisor.removed(world.now, {"a", 1});
  world.started("a");
  EXPECT_FALSE(world.status("a").outdated);
}

TEST(Adopt, AnotherDefinitionIsStoppedAsTheContainerSays) {
  auto old = service("a");
  old.stop_signal = "SIGQUIT";
  auto left = running("a.1", old);
  left.stop = StopPolicy::parse(StopPolicy(old).text());
  Second world({service("a")});
  world.take_over({left});
  ASSERT_TRUE(world.supervisor.stop(world.now, "a"));
  EXPECT_THAT(world.actions(), ElementsAre("stop with SIGQUIT a.1"));
}

TEST(Adopt, WhatIsNoStopPolicyIsNotTakenForOne) {
  for (const auto* const text : {"", "SIGTERM", "SIGTERM x", "SIGTERM -1", " 5", "SIGTERM 5 6"})
    EXPECT_FALSE(StopPolicy::parse(text)) << text;
  EXPECT_EQ(StopPolicy::parse("SIGHUP 250").value().text(), "SIGHUP 250");
}

TEST(Adopt, ServicesNoLongerConfiguredRunOnUntilStopped) {
  Second world({service("a")});
  world.take_over({running("gone.2", service("gone")), {"gone.1", true, "", Task::kStopped, 0, 0}});
  EXPECT_THAT(world.actions(), ElementsAre("remove gone.1", "start a.1"));
  EXPECT_EQ(world.state("gone"), State::kReady);
  EXPECT_EQ(world.status("gone").reason, "no longer in the configuration");
  EXPECT_FALSE(world.supervisor.restart(world.now, "gone"));
  ASSERT_TRUE(world.supervisor.stop(world.now, "gone"));
  world.exited("gone", 0);
  world.supervisor.removed(world.now, {"gone", 2});
  EXPECT_EQ(world.state("gone"), State::kDown);
}

TEST(Adopt, RemovesHalfMadeAndStaleOnesBeforeItStarts) {
  const auto a = service("a");
  Second world({a});
  world.take_over({{"a.1", true, a.definition_hash(), Task::kNone, 0, 0},
                   {"a.2", true, a.definition_hash(), Task::kCreated, 0, 0},
                   {"a.3", false, "", Task::kRunning, 5, 0},
                   {"stray.9", true, "", Task::kNone, 0, 0},
                   {"not-ours", true, "", Task::kRunning, 5, 0}});
  EXPECT_THAT(world.actions(),
              ElementsAre("remove a.1", "remove a.2", "remove a.3", "remove stray.9"));
  for (Generation each : {1U, 2U, 3U}) world.supervisor.removed(world.now, {"a", each});
  world.supervisor.removed(world.now, {"stray", 9});
  EXPECT_THAT(world.actions(), ElementsAre("start a.4"));
}

TEST(Adopt, WhatIsLeftOfTheRememberedOneIsRemovedOnceBeforeItStarts) {
  auto a = service("a");
  a.restart.kind = config::RestartKind::kAlways;
  const auto memory = memory_of_all_ready({a});
  Second world({a});
  world.take_over({{"a.1", false, "", Task::kNone, 0, 0}}, memory);
  EXPECT_THAT(world.actions(), ElementsAre("remove a.1"));
  EXPECT_EQ(world.state("a"), State::kRemoving);
  world.supervisor.removed(world.now, {"a", 1});
  world.pass(Millis(60'000));
  EXPECT_THAT(world.actions(), ElementsAre("start a.2"));
}

TEST(Adopt, OfTwoGenerationsThePresentDefinitionWins) {
  auto old = service("a");
  auto now = old;
  now.image = "another";
  Second world({now});
  world.take_over({running("a.3", now), running("a.4", old)});
  EXPECT_THAT(world.actions(), ElementsAre("remove a.4"));
  EXPECT_EQ(world.status("a").generation, 3U);
  world.exited("a", 0);
  ASSERT_TRUE(world.supervisor.start(world.now, "a"));
  world.supervisor.removed(world.now, {"a", 3});
  world.supervisor.removed(world.now, {"a", 4});
  EXPECT_THAT(world.actions(), ElementsAre("remove a.3", "start a.5"));
}

TEST(Adopt, WhatEndedMeanwhileFollowsThePolicy) {
  auto always = service("always");
  always.restart.kind = config::RestartKind::kAlways;
  auto never = service("never");
  const auto memory = memory_of_all_ready({always, never});
  Second world({always, never});
  world.take_over({{"always.1", true, always.definition_hash(), Task::kStopped, 0, 9}}, memory);
  EXPECT_THAT(world.actions(), ElementsAre("remove always.1", "remove never.1"));
  world.supervisor.removed(world.now, {"always", 1});
  world.supervisor.removed(world.now, {"never", 1});
  EXPECT_EQ(world.status("always").reason, "restarting in 100 ms: exited with status 9");
  EXPECT_EQ(world.status("never").reason, "ended while no manager was watching");
  world.pass(Millis(100));
  EXPECT_THAT(world.actions(), ElementsAre("start always.2"));
}

TEST(Adopt, DecisionsOfTheEarlierManagerHold) {
  auto setup = service("setup");
  setup.detach = false;
  const std::vector services{setup, service("stopped"), service("broken"),
                             service("needy", {"broken"})};
  Harness first(services);
  first.boot();
  first.started("setup");
  first.exited("setup", 0);
  first.supervisor.removed(first.now, {"setup", 1});
  first.started("stopped");
  ASSERT_TRUE(first.supervisor.stop(first.now, "stopped"));
  first.exited("stopped", 0);
  first.supervisor.removed(first.now, {"stopped", 1});
  first.supervisor.start_failed(first.now, {"broken", 1}, "no image");
  const auto memory = first.supervisor.memory();  // while broken.1 is being removed
  Second world(services);
  world.take_over({}, memory);
  EXPECT_THAT(world.actions(), IsEmpty());
  EXPECT_EQ(world.state("setup"), State::kDone);
  EXPECT_EQ(world.state("stopped"), State::kDown);
  EXPECT_EQ(world.status("broken").reason, "no image");
  EXPECT_EQ(world.status("needy").reason, "needs 'broken': failed: no image");
  ASSERT_TRUE(world.supervisor.start(world.now, "stopped"));
  EXPECT_THAT(world.actions(), ElementsAre("start stopped.2"));
}

TEST(Adopt, CreateOnlyContainersStay) {
  auto volumes = service("volumes");
  volumes.create_only = true;
  Second world({volumes});
  world.take_over({{"volumes.2", true, volumes.definition_hash(), Task::kNone, 0, 0}});
  EXPECT_THAT(world.actions(), IsEmpty());
  EXPECT_EQ(world.state("volumes"), State::kDone);
}

TEST(Resync, LostExitsAreFound) {
  auto b = service("b");
  b.restart.kind = config::RestartKind::kAlways;
  Harness world({service("a"), b, service("c")});
  world.boot();
  for (const char* name : {"a", "b", "c"}) world.started(name);
  world.actions();
  world.supervisor.resync(world.now, {running("a.1", service("a")),
                                      {"b.1", true, "", Task::kStopped, 0, 2},
                                      {"b.7", true, "", Task::kRunning, 3, 0}});
  EXPECT_THAT(world.actions(), ElementsAre("remove b.7", "remove b.1", "remove c.1"));
  EXPECT_EQ(world.state("a"), State::kReady);
  world.supervisor.removed(world.now, {"b", 1});
  EXPECT_EQ(world.status("b").reason, "restarting in 100 ms: exited with status 2");
  EXPECT_EQ(world.status("c").reason, "its container is gone");
  world.pass(Millis(100));
  EXPECT_THAT(world.actions(), IsEmpty());  // b.7 may still run
}

TEST(MemoryText, RefusesWhatItDidNotWrite) {
  EXPECT_FALSE(decode_memory(""));
  EXPECT_FALSE(decode_memory("[]"));
  EXPECT_FALSE(decode_memory(R"({"version":2,"services":[]})"));
  EXPECT_FALSE(decode_memory(R"({"version":1,"services":[{"service":"a","up":true,"state":99}]})"));
  EXPECT_TRUE(decode_memory(R"({"version":1,"services":[]})"));
}

TEST(IdText, ParsesOnlyItsOwn) {
  EXPECT_EQ(Id::parse("docker.3"), (Id{"docker", 3}));
  EXPECT_EQ(Id::parse("a.b.12"), (Id{"a.b", 12}));
  for (const char* text : {"", "docker", ".3", "docker.", "docker.0", "docker.03", "docker.x",
                           "docker.-1", "docker.3 ", "docker.99999999999999999999"}) {
    EXPECT_FALSE(Id::parse(text)) << text;
  }
}

}  // namespace
}  // namespace ros::supervise
