#include "manager/image_accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_mounter.h"
#include "fakes/temp_root.h"

namespace ros::manager {
namespace {

using ::testing::HasSubstr;

class ImageAccountsTest : public ::testing::Test {
 protected:
  // The mounter mounts nothing: what the image holds lies there already.
  Result<ImageAccounts> look() {
    return read_image_accounts({{"/snapshots/1/fs", "", "", {"rbind", "ro"}}}, "/i", root_.files(),
                               mounter_);
  }
  fakes::TempRoot root_;
  fakes::FakeMounter mounter_;
};

TEST(HasName, NumbersAreNone) {
  EXPECT_FALSE(has_name(""));
  EXPECT_FALSE(has_name("1000:1000"));
  EXPECT_TRUE(has_name("nobody"));
  EXPECT_TRUE(has_name("1000:users"));
}

TEST_F(ImageAccountsTest, TheFilesAreReadAndTheImageLetGo) {
  root_.write("/i/etc/passwd", "web:x:77:88::/:/bin/sh\n");
  const auto accounts = look();
  ASSERT_TRUE(accounts) << accounts.error().message;
  EXPECT_EQ(accounts->passwd, "web:x:77:88::/:/bin/sh\n");
  EXPECT_EQ(accounts->group, "");
  ASSERT_EQ(mounter_.mounts.size(), 1U);
  EXPECT_EQ(mounter_.mounts[0].target, "/i");
  EXPECT_EQ(mounter_.unmounted, std::vector<std::string>{"/i"});
}

TEST_F(ImageAccountsTest, LinksStayInTheImage) {
  root_.write("/secret", "root:x:0:0\n");
  root_.directory("/i/etc");
  ASSERT_TRUE(root_.files().symlink("/secret", "/i/etc/passwd"));
  ASSERT_TRUE(root_.files().symlink("../../../secret", "/i/etc/group"));
  const auto accounts = look();
  ASSERT_TRUE(accounts);
  EXPECT_EQ(accounts->passwd + accounts->group, "");
}

TEST_F(ImageAccountsTest, WhatIsNoFileIsAnErrorAndTheImageIsLetGo) {
  root_.directory("/i/etc/passwd");
  EXPECT_FALSE(look());
  EXPECT_EQ(mounter_.unmounted.size(), 1U);
  ASSERT_TRUE(root_.files().remove_all("/i/etc/passwd"));
  root_.write("/i/etc/passwd", std::string(2U << 20U, 'x'));
  EXPECT_THAT(look().error().message, HasSubstr("in the image"));
}

TEST_F(ImageAccountsTest, AnImageThatCantBeMounted) {
  mounter_.fail_with["/i"] = EINVAL;
  EXPECT_FALSE(look());
  EXPECT_TRUE(mounter_.unmounted.empty());
}

}  // namespace
}  // namespace ros::manager
