#include "host/last_good.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/temp_root.h"

namespace ros::host {
namespace {

using ::testing::HasSubstr;

class LastGoodTest : public ::testing::Test {
 protected:
  config::LoadResult boot(const std::string& text) {
    std::vector<config::Layer> layers = {{"/var/lib/rancher/conf/cloud-config.yml", text}};
    Problems problems;
    use_last_good(layers, root_.files(), problems);
    EXPECT_TRUE(problems.result());
    return config::load(layers, "");
  }
  fakes::TempRoot root_;
};

TEST_F(LastGoodTest, StandsInForAFileThatIsBroken) {
  EXPECT_EQ(boot("hostname: heron\n").config.hostname, "heron");
  const auto loaded = boot("hostname: crow\nrancher: [\n");
  EXPECT_EQ(loaded.config.hostname, "heron");
  ASSERT_EQ(loaded.complaints.size(), 1U);
  EXPECT_THAT(loaded.complaints[0].describe(),
              HasSubstr("; the last good version of this file is in effect"));
  EXPECT_EQ(boot("hostname: crow\n").config.hostname, "crow");
}

TEST_F(LastGoodTest, WrongValuesAreNotBroken) {
  EXPECT_EQ(boot("hostname: heron\n").config.hostname, "heron");
  EXPECT_EQ(boot("hostname: crow\nrancher: {debug: maybe}\n").config.hostname, "crow");
}

TEST_F(LastGoodTest, WithoutOneThePartsThatAreWholeCount) {
  EXPECT_EQ(boot("hostname: crow\nrancher: [\n").config.hostname, "crow");
}

TEST_F(LastGoodTest, IsForRootAlone) {
  boot("hostname: heron\n");
  const auto kept =
      root_.path() + std::string(kLastGoodDirectory) + "/%var%lib%rancher%conf%cloud-config.yml";
  EXPECT_EQ(std::filesystem::status(kept).permissions(), std::filesystem::perms(0600));
}

}  // namespace
}  // namespace ros::host
