#include <gtest/gtest.h>

#include <algorithm>

#include "config/load.h"
#include "plan/plan.h"

namespace ros::plan {
namespace {

using Names = std::vector<std::string>;

BootPlan plan_of(const std::string& user) {
  return build(config::load({{"user", user}}, "").config, {});
}

Names changed(const std::string& before, const std::string& now) {
  Names names;
  for (const auto& step : changed_steps(plan_of(before), plan_of(now)).steps)
    names.push_back(step.name);
  return names;
}

TEST(ChangedSteps, NothingForTheSameConfiguration) {
  EXPECT_EQ(changed("hostname: a\n", "hostname: a\n"), Names{});
}

TEST(ChangedSteps, WhatRendersTheChange) {
  EXPECT_EQ(changed("hostname: a\n", "hostname: b\n"), (Names{"hostname", "etc"}));
  EXPECT_EQ(changed("", "rancher: {sysctl: {vm.swappiness: 1}}\n"), Names{"sysctl"});
  EXPECT_EQ(changed("", "rancher: {system_docker: {insecure_registry: [a]}}\n"),
            Names{"registries"});
}

TEST(ChangedSteps, NothingThatIsForTheBootAlone) {
  EXPECT_EQ(changed("",
                    "bootcmd: [reboot]\nmounts: [[/dev/vdb, /mnt, ext4, '']]\n"
                    "rancher: {state: {dev: /dev/vdc}}\n"),
            Names{});
}

TEST(ChangedSteps, WaitForEachOtherOnly) {
  const auto plan = changed_steps(
      plan_of(""), plan_of("hostname: b\nwrite_files: [{path: /opt/x, content: y}]\n"));
  for (const auto& step : plan.steps)
    for (const auto& name : step.after) EXPECT_NE(plan.step(name), nullptr) << name;
  const auto& after = plan.step("write-files")->after;
  EXPECT_NE(std::ranges::find(after, "etc"), after.end());
}

TEST(ChangedSteps, KeysAndCommandsThatAreNoLongerConfiguredGo) {
  const auto steps =
      changed_steps(plan_of("runcmd: [a]\nssh_authorized_keys: [ssh-ed25519 k]\n"), plan_of(""));
  for (const auto* const name : {"keys-of-docker", "keys-of-rancher", "runcmd"}) {
    ASSERT_NE(steps.step(name), nullptr) << name;
    EXPECT_TRUE(std::get<WriteLines>(steps.step(name)->action).lines.empty());
  }
  EXPECT_EQ(changed("rancher: {environment: [http_proxy=p]}\n", ""), Names{"write-files-console"});
}

TEST(ChangedSteps, OfTheKernelsSettingsThoseThatChange) {
  const auto steps = changed_steps(plan_of("rancher: {sysctl: {a: x, b: '1', c: '1'}}\n"),
                                   plan_of("rancher: {sysctl: {a: x, b: '2', c: '1', d: '1'}}\n"))
                         .steps;
  ASSERT_EQ(steps.size(), 1U);
  const auto& settings = std::get<SetSysctls>(steps[0].action).values;
  EXPECT_EQ(settings, (std::map<std::string, std::string>{{"b", "2"}, {"d", "1"}}));
}

TEST(ChangedSteps, KernelSettingsThatAreNoLongerConfiguredStayUntilTheNextBoot) {
  EXPECT_EQ(changed("rancher: {sysctl: {vm.swappiness: 1}}\n", ""), Names{});
}

}  // namespace
}  // namespace ros::plan
