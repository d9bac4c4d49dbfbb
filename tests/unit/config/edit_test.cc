#include "config/edit.h"

#include <gtest/gtest.h>

#include "config/yaml.h"

namespace ros::config {
namespace {

constexpr auto kName = "cloud-config.yml";

std::string set(const std::string& text, const std::string& key, const std::string& value) {
  const auto edited = set_key({kName, text}, key, value);
  return edited ? *edited : "error: " + edited.error().message;
}

TEST(ConfigSet, ANewFileHoldsTheKeyAlone) {
  EXPECT_EQ(set("", "hostname", "sparrow"), "#cloud-config\nhostname: sparrow\n");
  EXPECT_EQ(set("", "rancher.docker.bip", "172.20.0.1/16"),
            "#cloud-config\nrancher:\n  docker:\n    bip: 172.20.0.1/16\n");
}

TEST(ConfigSet, ValuesAreTyped) {
  EXPECT_EQ(set("", "rancher.debug", "true"), "#cloud-config\nrancher:\n  debug: true\n");
  EXPECT_EQ(set("", "rancher.modules", "[loop, \"dummy numdummies=2\"]"),
            "#cloud-config\nrancher:\n  modules:\n  - loop\n  - dummy numdummies=2\n");
  EXPECT_EQ(set("", "rancher.docker.registry_mirror", "https://mirror.example.org:5000"),
            "#cloud-config\nrancher:\n  docker:\n"
            "    registry_mirror: https://mirror.example.org:5000\n");
  EXPECT_EQ(set("", "hostname", "10"), "#cloud-config\nhostname: 10\n");
}

TEST(ConfigSet, KeysBelowAMapOfTextsMayHoldDots) {
  EXPECT_EQ(set("", "rancher.sysctl.net.ipv4.ip_forward", "0"),
            "#cloud-config\nrancher:\n  sysctl:\n    net.ipv4.ip_forward: 0\n");
}

TEST(ConfigSet, EverythingElseStays) {
  const std::string text =
      "#cloud-config\n# mine\nunknown: {deep: [1, two]}\nrancher:\n  debug: true\n  modules: [a]\n";
  EXPECT_EQ(set(text, "rancher.modules", "[b]"),
            "#cloud-config\n# mine\nrancher:\n  debug: true\n  modules:\n  - b\nunknown:\n"
            "  deep:\n  - 1\n  - two\n");
  EXPECT_EQ(set(text, "rancher.environment", "{A: b}").find("error"), std::string::npos);
}

TEST(ConfigSet, WhatDoesNotFitIsRefusedWithKeyAndExpectation) {
  EXPECT_EQ(set("", "rancher.debug", "maybe"),
            "error: rancher.debug: expected true or false, got 'maybe'");
  EXPECT_EQ(set("", "rancher.modules", "{a: b}"),
            "error: rancher.modules: expected a list of texts, got a map");
  EXPECT_NE(set("", "rancher.debugg", "true").find("error: rancher.debugg: unknown key; did you"),
            std::string::npos);
  EXPECT_NE(set("", "rancher.password", "x").find("kernel command line only"), std::string::npos);
  EXPECT_NE(set("", "rancher.services.web.restart", "perhaps")
                .find("error: rancher.services.web.restart: "),
            std::string::npos);
  EXPECT_NE(set("", "rancher.modules", "[a").find("error: rancher.modules: value:1:"),
            std::string::npos);
}

TEST(ConfigSet, AListIsNotReplacedByAMapOfOneKey) {
  EXPECT_EQ(set("rancher: {environment: [A=1, B=2]}\n", "rancher.environment.C", "3"),
            "error: cloud-config.yml: rancher.environment: expected a map of keys, got a list; set "
            "'rancher.environment' as a whole");
  EXPECT_EQ(set("rancher: {environment: }\n", "rancher.environment.C", "3"),
            "#cloud-config\nrancher:\n  environment:\n    C: 3\n");
}

TEST(ConfigSet, WhatCouldNotBeReadAgainIsRefused) {
  const std::string longest(kMaxYamlKey, 'k');
  EXPECT_EQ(set("", "rancher.environment." + longest, "x").find("error"), std::string::npos);
  EXPECT_NE(set("", "rancher.environment." + longest + "k", "x")
                .find("error: the result is refused: cloud-config.yml:"),
            std::string::npos);
}

TEST(ConfigSet, AFileThatDoesNotParseIsNotTouched) {
  EXPECT_NE(set("hostname: [oops\n", "hostname", "a").find("error: cloud-config.yml:"),
            std::string::npos);
  EXPECT_EQ(set("- a\n", "hostname", "a"),
            "error: cloud-config.yml: expected a map of keys, got a list");
}

TEST(ConfigMerge, MapsMergeListsAreReplaced) {
  const auto merged =
      merge_file({kName, "hostname: a\nrancher: {debug: true, modules: [x]}\n"},
                 {"added", "rancher: {modules: [y], sysctl: {vm.swappiness: 1}}\n"});
  ASSERT_TRUE(merged) << merged.error().message;
  EXPECT_EQ(*merged,
            "#cloud-config\nhostname: a\nrancher:\n  debug: true\n  modules:\n  - y\n  sysctl:\n"
            "    vm.swappiness: 1\n");
}

// A cloud-config of RancherOS is taken as it is.
TEST(ConfigMerge, WhatIsKnownWithoutEffectIsKept) {
  const std::string text =
      "rancher:\n  console: ubuntu\n  resize_device: /dev/sda\n  services:\n    a:\n      image: "
      "x\n"
      "      ports:\n      - 80\n";
  const auto merged = merge_file({kName, ""}, {"added", text});
  EXPECT_EQ(merged ? *merged : merged.error().message, "#cloud-config\n" + text);
}

TEST(ConfigMerge, TwoThatAreTooMuchTogetherAreRefused) {
  const auto file = [](const std::string& key) {
    return "unknown_" + key + ": " + std::string(kMaxYamlBytes * 2 / 3, 'x') + "\n";
  };
  EXPECT_TRUE(merge_file({kName, file("a")}, {"added", "hostname: a\n"}));
  EXPECT_FALSE(merge_file(
      {kName, file("a") + "rancher: {environment: {A: b}}\n"},
      {"added", "rancher: {environment: {B: " + std::string(kMaxYamlBytes / 2, 'y') + "}}\n"}));
}

TEST(ConfigMerge, EverythingWrongIsTold) {
  const auto merged = merge_file({kName, ""}, {"added", "rancher: {debug: 7, modules: {a: b}}\n"});
  ASSERT_FALSE(merged);
  EXPECT_EQ(merged.error().message,
            "added:1:18: rancher.debug: expected true or false, got '7'\n"
            "added:1:30: rancher.modules: expected a list of texts, got a map");
  EXPECT_FALSE(merge_file({kName, ""}, {"added", "hostname: a\r\n"}));
}

TEST(ConfigExport, LeavesSecretsOut) {
  const auto merged =
      load({{"f", "hostname: a\nrancher: {docker: {server_key: k, debug: true}}\n"}},
           "rancher.password=secret rancher.system.dev=/dev/sr0 rancher.autologin=[tty1]")
          .merged;
  EXPECT_EQ(export_yaml(merged, false), "hostname: a\nrancher:\n  docker:\n    debug: true\n");
  EXPECT_NE(export_yaml(merged, true).find("server_key: k"), std::string::npos);
  EXPECT_EQ(export_yaml(merged, true).find("secret"), std::string::npos);
}

}  // namespace
}  // namespace ros::config
