#include "pid1/options.h"

#include <gtest/gtest.h>

namespace ros::pid1 {
namespace {

TEST(BootOptionsTest, Defaults) {
  const auto options = parse_boot_options("console=ttyS0 quiet\n");
  EXPECT_EQ(options.system_device, "");
  EXPECT_EQ(options.system_wait, std::chrono::seconds(30));
  EXPECT_EQ(options.rescue_timeout, std::chrono::seconds(60));
  EXPECT_FALSE(options.rescue);
  EXPECT_FALSE(options.debug);
  EXPECT_FALSE(options.to_ram);
}

TEST(BootOptionsTest, ReadsItsWords) {
  const auto options = parse_boot_options(
      "rancher.system.dev=LABEL=system rancher.system.wait=40 rancher.system.toram "
      "rancher.rescue_timeout=5 "
      "rancher.rescue rancher.debug=true");
  EXPECT_EQ(options.system_device, "LABEL=system");
  EXPECT_EQ(options.system_wait, std::chrono::seconds(40));
  EXPECT_TRUE(options.to_ram);
  EXPECT_EQ(options.rescue_timeout, std::chrono::seconds(5));
  EXPECT_TRUE(options.rescue);
  EXPECT_TRUE(options.debug);
}

TEST(BootOptionsTest, TruthIsThatOfTheConfiguration) {
  for (const std::string word : {"off", "no", "False", "0"})
    EXPECT_FALSE(parse_boot_options("rancher.rescue rancher.rescue=" + word).rescue) << word;
  for (const std::string word : {"on", "yes", "True", "1"})
    EXPECT_TRUE(parse_boot_options("rancher.rescue=" + word).rescue) << word;
}

TEST(BootOptionsTest, QuotesHoldBlanks) {
  EXPECT_EQ(parse_boot_options("rancher.system.dev=\"PARTLABEL=slot a\" quiet").system_device,
            "PARTLABEL=slot a");
  EXPECT_EQ(parse_boot_options("\"rancher.system.dev=LABEL=a b\"").system_device, "LABEL=a b");
}

TEST(BootOptionsTest, TheLastOneWinsAndNonsenseIsIgnored) {
  const auto options = parse_boot_options(
      "rancher.debug rancher.debug=false rancher.system.wait=7 rancher.system.wait=soon "
      "rancher.system.wait=-1 rancher.rescue=perhaps");
  EXPECT_FALSE(options.rescue);
  EXPECT_FALSE(options.debug);
  EXPECT_EQ(options.system_wait, std::chrono::seconds(7));
}

TEST(BootOptionsTest, WordsAfterTheDashesAreNotForTheKernel) {
  EXPECT_FALSE(parse_boot_options("quiet -- rancher.rescue").rescue);
}

}  // namespace
}  // namespace ros::pid1
