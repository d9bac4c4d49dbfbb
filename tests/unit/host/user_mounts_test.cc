#include "host/user_mounts.h"

#include <gtest/gtest.h>

#include "fakes/fake_mounter.h"
#include "fakes/temp_root.h"
#include "sys/superblock.h"

namespace ros::host {
namespace {

class UserMountsTest : public ::testing::Test {
 protected:
  void add_ext4(const std::string& name, const std::string& label) {
    std::string head(sys::kSuperblockHead, '\0');
    head.replace(1024 + 56, 2, "\x53\xef");
    head.replace(1024 + 120, label.size(), label);
    root_.write("/dev/" + name, head);
    root_.write("/sys/class/block/" + name + "/size", "8\n");
  }

  fakes::TempRoot root_;
  fakes::FakeMounter mounter_;
};

TEST_F(UserMountsTest, DevicesAreFoundAndTheirTypeIsRead) {
  add_ext4("vdb", "DATA");
  ASSERT_TRUE(
      mount_all({{{"LABEL=DATA", "/mnt/data", "auto", "noexec,ro"}}}, root_.files(), mounter_));
  ASSERT_EQ(mounter_.mounts.size(), 1U);
  EXPECT_EQ(mounter_.mounts[0], (sys::Mount{"/dev/vdb", "/mnt/data", "ext4", {"noexec", "ro"}}));
  EXPECT_TRUE(root_.files().exists("/mnt/data"));
}

TEST_F(UserMountsTest, BindsAndFileSystemsWithoutADevice) {
  ASSERT_TRUE(mount_all({{{"/opt/a", "/mnt/a", "", "bind"}, {"tmpfs", "/mnt/b", "tmpfs", ""}}},
                        root_.files(), mounter_));
  ASSERT_EQ(mounter_.mounts.size(), 2U);
  EXPECT_EQ(mounter_.mounts[0], (sys::Mount{"/opt/a", "/mnt/a", "", {"bind"}}));
  EXPECT_EQ(mounter_.mounts[1].type, "tmpfs");
}

TEST_F(UserMountsTest, OneThatFailsIsNamedAndTheOthersAreMade) {
  add_ext4("vdb", "DATA");
  const auto done =
      mount_all({{{"LABEL=NONE", "/mnt/x", "auto", ""}, {"/dev/vdb", "/mnt/y", "", ""}}},
                root_.files(), mounter_);
  EXPECT_EQ(done.error().message, "'LABEL=NONE': No such device");
  ASSERT_EQ(mounter_.mounts.size(), 1U);
  EXPECT_EQ(mounter_.mounts[0].target, "/mnt/y");
}

TEST_F(UserMountsTest, WhatIsMountedIsLeftAlone) {
  root_.write("/proc/self/mountinfo", "30 22 254:1 / /mnt/b rw - tmpfs tmpfs rw\n");
  ASSERT_TRUE(mount_all({{{"tmpfs", "/mnt/b", "tmpfs", ""}}}, root_.files(), mounter_));
  EXPECT_TRUE(mounter_.mounts.empty());
}

}  // namespace
}  // namespace ros::host
