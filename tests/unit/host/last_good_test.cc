#include "host/last_good.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/temp_root.h"

namespace ros::host {
namespace {

using ::testing::HasSubstr;

constexpr auto kFile = "/var/lib/rancher/conf/cloud-config.yml";

class LastGoodTest : public ::testing::Test {
 protected:
  config::LoadResult boot(const Result<std::string>& text, bool keep = true) {
    LastGood last_good(files_, keep);
    std::vector<config::Layer> layers;
    if (auto layer = last_good.layer(kFile, text)) layers.push_back(*layer);
    last_good.forget_others();
    return config::load(layers, "");
  }
  std::string hostname(const Result<std::string>& text) { return boot(text).config.hostname; }

  const std::string kKept =
      std::string(kLastGoodDirectory) + "/%var%lib%rancher%conf%cloud-config.yml";
  fakes::TempRoot root_;
  sys::Files files_ = root_.files();
};

TEST_F(LastGoodTest, StandsInForAFileThatIsBroken) {
  EXPECT_EQ(hostname("hostname: heron\n"), "heron");
  const auto loaded = boot("hostname: crow\nrancher: [\n");
  EXPECT_EQ(loaded.config.hostname, "heron");
  ASSERT_EQ(loaded.complaints.size(), 1U);
  EXPECT_THAT(loaded.complaints[0].describe(),
              HasSubstr("; the last good version of this file is in effect"));
  EXPECT_EQ(hostname("hostname: crow\n"), "crow");
}

TEST_F(LastGoodTest, AndForOneThatIsEmptyOrCantBeRead) {
  boot("hostname: heron\n");
  EXPECT_EQ(hostname(""), "heron");
  EXPECT_EQ(hostname(fail_errno("read", EIO)), "heron");
  EXPECT_EQ(boot("").complaints[0].message,
            "is empty; the last good version of this file is in effect");
}

TEST_F(LastGoodTest, WrongValuesAreNotBroken) {
  EXPECT_EQ(hostname("hostname: heron\n"), "heron");
  EXPECT_EQ(hostname("hostname: crow\nrancher: {debug: maybe}\n"), "crow");
}

TEST_F(LastGoodTest, WithoutOneThePartsThatAreWholeCount) {
  EXPECT_EQ(hostname("hostname: crow\nrancher: [\n"), "crow");
}

TEST_F(LastGoodTest, OfAFileThatIsGoneNothingComesBack) {
  boot("hostname: heron\n");
  EXPECT_EQ(hostname(fail_errno("read", ENOENT)), config::Config().hostname);
  EXPECT_EQ(hostname("hostname: [\n"), config::Config().hostname);
}

TEST_F(LastGoodTest, WhoOnlyLooksKeepsNothing) {
  boot("hostname: heron\n", false);
  EXPECT_FALSE(files_.exists(kKept));
}

TEST_F(LastGoodTest, IsForRootAlone) {
  boot("hostname: heron\n");
  EXPECT_EQ(root_.mode(kKept), 0600U);
}

}  // namespace
}  // namespace ros::host
