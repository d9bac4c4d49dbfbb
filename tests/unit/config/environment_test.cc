#include "config/environment.h"

#include <gtest/gtest.h>

#include "config/load.h"
#include "config_helpers.h"

namespace ros::config {
namespace {

constexpr auto kVariables =
    "rancher: {environment: {TAG: '7', EMPTY: '', web/TAG: '8', ETCD_A: a, ETCD_B: b}}\n";

LoadResult with_service(const std::string& definition) {
  return load({{"os", kVariables, true}, {"u", "rancher: {services: " + definition + "}\n"}}, "");
}

std::string image(const std::string& name, const std::string& text) {
  const auto result = with_service("{" + name + ": {image: '" + text + "'}}");
  EXPECT_EQ(tests::lines(result.complaints), tests::Lines{});
  return result.config.service(name)->image;
}

TEST(Interpolation, FollowsComposeFiles) {
  EXPECT_EQ(image("a", "x:${TAG}"), "x:7");
  EXPECT_EQ(image("a", "x:$TAG-y"), "x:7-y");
  EXPECT_EQ(image("a", "x:${NONE:-1}${NONE-2}${EMPTY:-3}${EMPTY-4}"), "x:123");
  EXPECT_EQ(image("a", "$$TAG $1 $( ${ ${9} $"), "$TAG $1 $( ${ ${9} $");
}

TEST(Interpolation, TheServicesOwnVariableWins) {
  EXPECT_EQ(image("web", "x:${TAG}"), "x:8");
}

TEST(Interpolation, WhatIsNotSetIsEmptyAndComplainedAbout) {
  const auto result = with_service("{a: {image: x, command: [sh, -c, 'echo $NONE']}}");
  EXPECT_EQ(result.config.service("a")->command.back(), "echo ");
  EXPECT_EQ(tests::lines(result.complaints),
            (tests::Lines{"u:1:54: rancher.services.a.command: 'NONE' is not in "
                          "rancher.environment; nothing stands for it"}));
}

TEST(ServiceEnvironment, NamesPatternsAndScopes) {
  const auto result = with_service(
      "{web: {image: x, environment: [TAG, ETCD_*, OWN=1]}, a: {image: x, "
      "environment: [TAG]}}");
  EXPECT_EQ(result.config.service("web")->environment,
            (std::vector<std::string>{"TAG=8", "ETCD_A=a", "ETCD_B=b", "OWN=1"}));
  EXPECT_EQ(result.config.service("a")->environment, (std::vector<std::string>{"TAG=7"}));
}

}  // namespace
}  // namespace ros::config
