#include "config/dependencies.h"

#include <gtest/gtest.h>

#include "config/load.h"
#include "config_helpers.h"

namespace ros::config {
namespace {

using tests::Lines;

// "a<b,c" is service a after b and c; "a>b" is a before b.
std::string services(const Lines& rules) {
  std::string text = "rancher:\n  services:\n";
  for (const auto& rule : rules) {
    const auto mark = rule.find_first_of("<>");
    text += "    " + rule.substr(0, mark) + ": {image: i";
    if (mark != std::string::npos)
      text += std::string(", labels: {io.rancher.os.") + (rule[mark] == '<' ? "after" : "before") +
              ": '" + rule.substr(mark + 1) + "'}";
    text += "}\n";
  }
  return text;
}

TEST(Dependencies, OrderIsByDependencyThenName) {
  const auto result = load({{"u", services({"d", "a<c", "b", "c<b", "e>b"})}}, "");
  EXPECT_TRUE(result.complaints.empty());
  const auto map = dependencies_of(result.config.services);
  EXPECT_EQ(map.at("b"), Lines{"e"});
  EXPECT_EQ(map.at("a"), Lines{"c"});
  EXPECT_EQ(start_order(map), (Lines{"d", "e", "b", "c", "a"}));
}

TEST(Dependencies, UnknownNamesAreNotWaitedFor) {
  const auto result = load({{"u", services({"console<netwrk", "network>nobody"})}}, "");
  EXPECT_EQ(
      tests::lines(result.complaints),
      (Lines{"u:3:5: rancher.services.console: unknown service 'netwrk' is not waited for; did "
             "you mean 'network'?",
             "u:4:5: rancher.services.network: unknown service 'nobody' is not waited for"}));
  EXPECT_TRUE(result.config.rejected.empty());
  EXPECT_EQ(start_order(dependencies_of(result.config.services)), (Lines{"console", "network"}));
}

TEST(Dependencies, ACycleIsNamedAndItsServicesRejected) {
  const auto result =
      load({{"u", services({"docker<console", "console<docker", "other<docker"})}}, "");
  EXPECT_EQ(
      tests::lines(result.complaints),
      Lines{"u:4:5: rancher.services.console: dependency cycle: console -> docker -> console"});
  const std::map<std::string, std::string> expected{
      {"console", "dependency cycle: console -> docker -> console"},
      {"docker", "dependency cycle: console -> docker -> console"}};
  EXPECT_EQ(result.config.rejected, expected);
}

TEST(Dependencies, BuiltInServicesSurviveAUsersCycle) {
  const auto result = load({{"os", services({"console<docker", "docker"}), true},
                            {"u", services({"mine<console", "extra"}) +
                                      "    docker: {labels: {io.rancher.os.after: mine}}\n"}},
                           "");
  EXPECT_EQ(result.config.rejected.size(), 2U);
  EXPECT_TRUE(result.config.rejected.contains("docker"));
  EXPECT_TRUE(result.config.rejected.contains("mine"));
  ASSERT_EQ(result.complaints.size(), 1U);
  EXPECT_EQ(
      result.complaints[0].describe(),
      "u:5:5: rancher.services.docker: dependency cycle: console -> docker -> mine -> console");
}

TEST(Dependencies, SelfAndSeveralCycles) {
  const auto result =
      load({{"u", services({"a<a", "b<c", "c<d", "d<b", "e<b", "x<y", "y<x"})}}, "");
  EXPECT_EQ(result.config.rejected.at("a"), "dependency cycle: a -> a");
  EXPECT_EQ(result.config.rejected.at("b"), "dependency cycle: b -> c -> d -> b");
  EXPECT_EQ(result.config.rejected.at("x"), "dependency cycle: x -> y -> x");
  EXPECT_EQ(result.config.rejected.size(), 6U);
  EXPECT_FALSE(result.config.rejected.contains("e"));
  EXPECT_EQ(result.complaints.size(), 3U);
}

// As the supervisor has it: nobody is refused for it.
TEST(Dependencies, AWishThatWouldCloseACycleIsLeftOut) {
  const auto result = load({{"u", services({"x>y", "y>x"})}}, "");
  EXPECT_TRUE(result.config.rejected.empty());
  EXPECT_EQ(tests::lines(result.complaints),
            Lines{"u:4:5: rancher.services.y: does not start before 'x', for which it waits "
                  "itself"});
  EXPECT_EQ(start_order(dependencies_of(result.config.services)), (Lines{"x", "y"}));
}

TEST(Dependencies, ALongChainIsFine) {
  Lines rules{"s0"};
  for (int i = 1; i < 2000; ++i)
    rules.push_back("s" + std::to_string(i) + "<s" + std::to_string(i - 1));
  const auto result = load({{"u", services(rules)}}, "");
  EXPECT_TRUE(result.complaints.empty());
  EXPECT_EQ(start_order(dependencies_of(result.config.services)).size(), 2000U);
}

}  // namespace
}  // namespace ros::config
