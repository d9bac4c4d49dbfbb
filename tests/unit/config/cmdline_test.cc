#include "config/cmdline.h"

#include <gtest/gtest.h>

#include "config_helpers.h"

namespace ros::config {
namespace {

using tests::Lines;

Config config_of(const std::string& line) {
  return load({}, line).config;
}
Lines complaints(const std::string& line) {
  return tests::lines(load({}, line).complaints);
}

TEST(CommandLine, OnlyOwnPrefixesCount) {
  const auto line = parse_command_line(
      "quiet console=ttyS0 rancher.debug root=/dev/sda rancherx.a=1 cc.hostname=h");
  ASSERT_EQ(line.assignments.size(), 2U);
  EXPECT_EQ(line.assignments[0].key, "rancher.debug");
  EXPECT_TRUE(line.assignments[0].bare);
  EXPECT_EQ(line.assignments[1].key, "hostname");
  EXPECT_EQ(line.assignments[1].value.text, "h");
  EXPECT_EQ(complaints("nonsense=[ panic=10 'x"), Lines{});
}

TEST(CommandLine, Positions) {
  const auto line = parse_command_line("quiet  rancher.state.dev=LABEL=X rancher.modules=[a, b]");
  EXPECT_EQ(line.assignments[0].value.key_position.describe(), "/proc/cmdline:1:8");
  EXPECT_EQ(line.assignments[0].value.position.describe(), "/proc/cmdline:1:26");
  EXPECT_EQ(line.assignments[1].value.position.describe(), "/proc/cmdline:1:50");
  EXPECT_EQ(line.assignments[1].value.children[1].position.describe(), "/proc/cmdline:1:54");
}

TEST(CommandLine, Values) {
  const auto value = [](const std::string& text) {
    return parse_command_line("rancher.x=" + text).assignments.at(0).value;
  };
  EXPECT_EQ(value("LABEL=X").text, "LABEL=X");
  EXPECT_EQ(value("'a b'").text, "a b");
  EXPECT_EQ(value("\"a b\"").text, "a b");
  EXPECT_EQ(value("\"a\\\"b\"").text, "a\"b");
  EXPECT_EQ(value("a\\\"b").text, "a\"b");
  EXPECT_EQ(value("#secret").text, "#secret");
  EXPECT_EQ(value("*x:&y").text, "*x:&y");
  EXPECT_EQ(value("5").text, "5");
  EXPECT_FALSE(value("5").quoted);
  EXPECT_TRUE(value("").is_null());
  EXPECT_TRUE(value("[a,{b: c}]").is_list());
  EXPECT_TRUE(value("{a: b}").is_map());
}

TEST(CommandLine, QuotedAsAWhole) {
  const auto line = parse_command_line("\"rancher.password=a b\" 'cc.hostname=x'");
  ASSERT_EQ(line.assignments.size(), 2U);
  EXPECT_EQ(line.assignments[0].value.text, "a b");
  EXPECT_EQ(line.assignments[0].value.key_position.describe(), "/proc/cmdline:1:2");
  EXPECT_EQ(line.assignments[1].value.text, "x");
}

TEST(CommandLine, BareAndRepeatedKeys) {
  EXPECT_TRUE(config_of("rancher.debug").debug);
  EXPECT_FALSE(config_of("rancher.debug rancher.debug=false").debug);
  const auto config = config_of(
      "rancher.autologin=ttyS0 rancher.autologin=tty1 rancher.modules=[a,b] rancher.modules=c");
  EXPECT_EQ(config.autologin, (Lines{"ttyS0", "tty1"}));
  EXPECT_EQ(config.modules, (Lines{"a", "b", "c"}));
  EXPECT_EQ(complaints("rancher.password"),
            Lines{"/proc/cmdline:1:1: rancher.password: expected a text, got nothing"});
}

TEST(CommandLine, KeysBelowMapsKeepTheirDots) {
  const auto config = config_of("rancher.sysctl.net.ipv4.ip_forward=0 rancher.environment.A.B=c");
  EXPECT_EQ(config.sysctl.at("net.ipv4.ip_forward"), "0");
  EXPECT_EQ(config.environment, Lines{"A.B=c"});
}

TEST(CommandLine, ServicesAreReached) {
  const auto result =
      load({{"os", "rancher: {services: {docker: {image: docker, privileged: true}}}", true}},
           "rancher.services.docker.image=other rancher.services.docker.command=[a,b]");
  EXPECT_EQ(tests::lines(result.complaints), Lines{});
  const auto& docker = *result.config.service("docker");
  EXPECT_EQ(docker.image, "other");
  EXPECT_TRUE(docker.privileged);
  EXPECT_FALSE(docker.built_in);
  EXPECT_EQ(docker.command, (Lines{"a", "b"}));
}

TEST(CommandLine, WordsAfterTheDashesCount) {
  EXPECT_EQ(config_of("rancher.password=a -- rancher.password=b").password, "b");
}

TEST(CommandLine, Slips) {
  EXPECT_EQ(
      complaints("rancher.modules=[a cc.hostname=h"),
      (Lines{
          "/proc/cmdline:1:1: rancher.modules: a quote or bracket is not closed; the value "
          "ends at the blank",
          "/proc/cmdline:1:17: rancher.modules: not valid YAML: end of sequence flow not found"}));
  EXPECT_EQ(config_of("rancher.modules=[a cc.hostname=h").hostname, "h");
  EXPECT_EQ(config_of("foo=don't cc.hostname=h").hostname, "h");
  EXPECT_EQ(complaints("rancher.foo=1"), Lines{"/proc/cmdline:1:1: rancher.foo: unknown key"});
  EXPECT_EQ(complaints("rancher.debug=maybe"),
            Lines{"/proc/cmdline:1:15: rancher.debug: expected true or false, got 'maybe'"});
  EXPECT_EQ(complaints("rancher.state=x"),
            Lines{"/proc/cmdline:1:15: rancher.state: expected a map, got 'x'"});
  EXPECT_EQ(complaints("cc.hostname=\xFF"),
            Lines{"/proc/cmdline:1:1: a word that is not UTF-8 text"});
  EXPECT_EQ(complaints("rancher.. cc. cc.="),
            (Lines{"/proc/cmdline:1:11: expected a key after 'cc.'",
                   "/proc/cmdline:1:15: expected a key after 'cc.'",
                   "/proc/cmdline:1:1: rancher.: unknown key"}));
}

TEST(CommandLine, LaterShapesReplaceEarlierOnes) {
  EXPECT_TRUE(config_of("rancher.debug=1 rancher.debug.x=1 rancher.debug=true").debug);
  EXPECT_EQ(complaints("rancher.debug=true rancher.debug.x=1").size(), 1U);
}

TEST(CommandLine, Bounded) {
  std::string deep = "rancher";
  for (int i = 0; i < 1000; ++i) deep += ".a";
  EXPECT_EQ(complaints(deep).size(), 1U);
  EXPECT_NE(complaints(deep)[0].find("nested too deep"), std::string::npos);
  const std::string open(kMaxCommandLine, '\'');
  EXPECT_TRUE(complaints(open).empty());
  std::string apostrophes;
  while (apostrophes.size() < kMaxCommandLine) apostrophes += "a' [ ";
  EXPECT_EQ(complaints(apostrophes).size(), 1U);
  EXPECT_NE(complaints(std::string(kMaxCommandLine + 1, 'x'))[0].find("longer than"),
            std::string::npos);
}

}  // namespace
}  // namespace ros::config
