#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/supervise/harness.h"

namespace ros::supervise {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

config::ServiceDefinition with_image(const std::string& name, const std::string& image) {
  auto definition = service(name);
  definition.image = image;
  return definition;
}

Harness running(std::vector<config::ServiceDefinition> services) {
  Harness world(services);
  world.boot();
  for (const auto& each : services) world.started(each.name);
  world.actions();
  return world;
}

TEST(Reconfigure, TheSameServicesChangeNothing) {
  auto world = running({service("a"), service("b", {"a"})});
  world.supervisor.reconfigure(world.now, {service("a"), service("b", {"a"})}, {});
  EXPECT_THAT(world.actions(), IsEmpty());
  EXPECT_FALSE(world.status("a").outdated);
}

TEST(Reconfigure, AChangedOneIsOutdatedUntilItIsRestarted) {
  auto world = running({service("a")});
  world.supervisor.reconfigure(world.now, {with_image("a", "other")}, {});
  EXPECT_THAT(world.actions(), IsEmpty());
  EXPECT_TRUE(world.status("a").outdated);
  EXPECT_EQ(world.status("a").reason, "definition changed: restart to apply");
  ASSERT_TRUE(world.supervisor.restart(world.now, "a"));
  EXPECT_THAT(world.actions(), ElementsAre("stop with SIGTERM a.1"));
  world.exited("a", 0);
  world.supervisor.removed(world.now, {"a", 1});
  world.started("a");
  EXPECT_FALSE(world.status("a").outdated);
  EXPECT_EQ(world.supervisor.definition("a")->image, "other");
}

TEST(Reconfigure, AnOutdatedOneIsStoppedAsItsOwnDefinitionSays) {
  auto own = service("a");
  own.stop_signal = "SIGQUIT";
  own.stop_grace = Millis(60'000);
  auto world = running({own});
  world.supervisor.reconfigure(world.now, {service("a")}, {});
  ASSERT_TRUE(world.supervisor.restart(world.now, "a"));
  EXPECT_THAT(world.actions(), ElementsAre("stop with SIGQUIT a.1"));
  world.pass(Millis(59'000));
  EXPECT_THAT(world.actions(), IsEmpty());
  world.pass(Millis(1'000));
  EXPECT_THAT(world.actions(), ElementsAre("kill a.1"));
}

TEST(Reconfigure, ChangedBackItIsNotOutdated) {
  auto world = running({service("a")});
  world.supervisor.reconfigure(world.now, {with_image("a", "other")}, {});
  world.supervisor.reconfigure(world.now, {service("a")}, {});
  EXPECT_FALSE(world.status("a").outdated);
  EXPECT_EQ(world.status("a").reason, "");
}

TEST(Reconfigure, ANewOneStartsOnRequest) {
  auto world = running({service("a")});
  world.supervisor.reconfigure(world.now, {service("a"), service("b", {"a"})}, {});
  EXPECT_THAT(world.actions(), IsEmpty());
  EXPECT_EQ(world.state("b"), State::kDown);
  ASSERT_TRUE(world.supervisor.start(world.now, "b"));
  EXPECT_THAT(world.actions(), ElementsAre("start b.1"));
}

TEST(Reconfigure, ARemovedOneRunsUntilItIsStopped) {
  auto world = running({service("a"), service("b")});
  world.supervisor.reconfigure(world.now, {service("a")}, {});
  EXPECT_THAT(world.actions(), IsEmpty());
  EXPECT_EQ(world.status("b").reason, "no longer in the configuration");
  EXPECT_FALSE(world.supervisor.restart(world.now, "b"));
  ASSERT_TRUE(world.supervisor.stop(world.now, "b"));
  world.exited("b", 0);
  world.supervisor.removed(world.now, {"b", 1});
  world.supervisor.reconfigure(world.now, {service("a")}, {});
  EXPECT_FALSE(world.supervisor.status("b"));
}

TEST(Reconfigure, ARejectedOneSaysWhy) {
  auto world = running({service("a")});
  world.supervisor.reconfigure(world.now, {}, {{"a", "no image"}});
  EXPECT_EQ(world.state("a"), State::kReady);
  const auto restarted = world.supervisor.restart(world.now, "a");
  ASSERT_FALSE(restarted);
  EXPECT_NE(restarted.error().message.find("no image"), std::string::npos);
}

}  // namespace
}  // namespace ros::supervise
