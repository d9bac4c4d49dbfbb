// The mounts and cgroups of process 1, and stage 1's search, against a file tree of the test.
#include <gtest/gtest.h>

#include <algorithm>

#include "fakes/fake_mounter.h"
#include "fakes/temp_root.h"
#include "pid1/cgroups.h"
#include "pid1/mounts.h"
#include "pid1/system_image.h"
#include "sys/superblock.h"

namespace ros::pid1 {
namespace {

class SetupTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::vector<std::string> targets() const {
    std::vector<std::string> result;
    for (const auto& mount : mounter_.mounts) result.push_back(mount.target);
    return result;
  }
  // A device whose first bytes are those of an erofs image or of an ISO.
  void add_device(const std::string& name, std::size_t offset, std::string_view magic) {
    std::string head(sys::kSuperblockHead, '\0');
    head.replace(offset, magic.size(), magic);
    root_.write("/dev/" + name, head);
    root_.write("/sys/class/block/" + name + "/size", "8\n");
    root_.write("/sys/class/block/" + name + "/uevent", "DEVTYPE=disk\n");
  }
  Result<void> find_image(const std::string& device, bool to_ram = false) {
    BootOptions options;
    options.system_device = device;
    options.system_wait = std::chrono::seconds(0);
    options.to_ram = to_ram;
    return mount_system_image(options, "/sysroot", mounter_, root_.files(),
                              [&](const std::string& line) { told_.push_back(line); });
  }
  void load_firmware() {
    mount_firmware("/sysroot", mounter_, root_.files(),
                   [&](const std::string& line) { told_.push_back(line); });
  }
  // An ISO with the label ROSTER and with `image` as system image, when it is mounted.
  void add_iso(const std::string& name, const std::string& image) {
    std::string volume =
        "\x01"
        "CD001";
    volume.resize(40, '\0');
    add_device(name, 32768, volume + "ROSTER");
    root_.write("/run/ros/medium/roster/system.erofs", image);
  }
  void set_available_memory(std::uint64_t mebibytes) {
    root_.write("/proc/meminfo", "MemTotal: 9000000 kB\nMemAvailable: " +
                                     std::to_string(mebibytes * 1024) + " kB\n");
  }

  fakes::TempRoot root_;
  fakes::FakeMounter mounter_;
  std::vector<std::string> told_;
};

TEST_F(SetupTest, MountsComeAfterTheDirectoriesTheyLieIn) {
  mount_all(base_mounts(), mounter_, root_.files());
  mount_all(system_mounts(), mounter_, root_.files());
  EXPECT_EQ(mounter_.mounts.size(), base_mounts().size() + system_mounts().size());
  const auto order = targets();
  EXPECT_EQ(order.front(), "/dev");
  EXPECT_EQ(order.back(), "/");  // sharing comes last and covers all
  EXPECT_LT(std::ranges::find(order, "/dev"), std::ranges::find(order, "/dev/pts"));
  EXPECT_LT(std::ranges::find(order, "/sys"), std::ranges::find(order, "/sys/fs/cgroup"));
}

TEST_F(SetupTest, WhatIsMountedStaysAndAFailureDoesNotStopTheRest) {
  root_.write("/proc/self/mountinfo", "20 1 0:6 / /dev rw - devtmpfs devtmpfs rw\n");
  mounter_.fail_with["/proc"] = EBUSY;
  mount_all(base_mounts(), mounter_, root_.files());
  EXPECT_EQ(targets(), (std::vector<std::string>{"/sys", "/run"}));
}

TEST_F(SetupTest, CgroupsGetEveryControllerOfTheKernel) {
  const std::string top = "/sys/fs/cgroup";
  root_.write(top + "/cgroup.controllers", "cpu memory pids\n");
  for (const auto* const group : {"", "/system", "/user"})
    root_.write(top + group + "/cgroup.subtree_control", "");
  make_cgroups(root_.files());
  EXPECT_TRUE(root_.files().exists(top + "/init"));
  for (const auto* const group : {"", "/system", "/user"})
    EXPECT_EQ(root_.read(top + group + "/cgroup.subtree_control"), "+cpu +memory +pids ");
  EXPECT_FALSE(root_.files().exists(top + "/init/cgroup.subtree_control"));
}

TEST_F(SetupTest, TheImageOfTheInitramfsWinsOverADevice) {
  add_device("vda", 1024, "\xe2\xe1\xf5\xe0");
  root_.write("/system.erofs", "image");
  ASSERT_TRUE(find_image("/dev/vda"));
  ASSERT_EQ(mounter_.mounts.size(), 1U);
  EXPECT_EQ(mounter_.mounts[0], (sys::Mount{"/system.erofs", "/sysroot", "erofs", {"ro"}}));
}

TEST_F(SetupTest, ARawImageOnADevice) {
  add_device("vda", 1024, "\xe2\xe1\xf5\xe0");
  ASSERT_TRUE(find_image("/dev/vda"));
  EXPECT_EQ(mounter_.mounts[0].describe(), "mount '/dev/vda' on '/sysroot' (erofs)");
}

TEST_F(SetupTest, AFileOnAMedium) {
  add_device("sr0", 32768,
             "\x01"
             "CD001");
  root_.write("/run/ros/medium/roster/system.erofs", "image");
  ASSERT_TRUE(find_image("/dev/sr0"));
  ASSERT_EQ(mounter_.mounts.size(), 2U);
  EXPECT_EQ(mounter_.mounts[0].describe(), "mount '/dev/sr0' on '/run/ros/medium' (iso9660)");
  EXPECT_EQ(mounter_.mounts[1].source, "/run/ros/medium/roster/system.erofs");
}

TEST_F(SetupTest, AMediumWithoutTheFileIsLetGo) {
  add_device("sr0", 32768,
             "\x01"
             "CD001");
  EXPECT_EQ(find_image("/dev/sr0").error().message,
            "no file '/roster/system.erofs' on '/dev/sr0' (iso9660)");
  EXPECT_EQ(mounter_.unmounted, std::vector<std::string>{"/run/ros/medium"});
}

TEST_F(SetupTest, OfTwoMediaWithOneLabelTheChoiceIsFixedAndTold) {
  add_iso("sr0", "image");
  add_iso("sdb", "image");
  ASSERT_TRUE(find_image("LABEL=ROSTER"));
  EXPECT_EQ(mounter_.mounts[0].source, "/dev/sdb");
  EXPECT_EQ(told_, std::vector<std::string>{"rancher.system.dev=LABEL=ROSTER fits /dev/sdb and "
                                            "/dev/sr0: booting from /dev/sdb"});
}

TEST_F(SetupTest, AHybridMediumWithItsPartitionIsOneMedium) {
  add_iso("sdb", "image");
  add_iso("sdb1", "image");
  root_.write("/sys/class/block/sdb1/uevent", "DEVTYPE=partition\n");
  root_.directory("/sys/class/block/sdb/sdb1");
  ASSERT_TRUE(find_image("LABEL=ROSTER"));
  EXPECT_EQ(mounter_.mounts[0].source, "/dev/sdb1");
  EXPECT_TRUE(told_.empty());
}

TEST_F(SetupTest, ToRamTheFileIsCopiedAndTheMediumLetGo) {
  add_iso("sdb", "image");
  set_available_memory(200);
  ASSERT_TRUE(find_image("LABEL=ROSTER", true));
  EXPECT_EQ(root_.read("/system.erofs"), "image");
  EXPECT_EQ(mounter_.unmounted, std::vector<std::string>{"/run/ros/medium"});
  ASSERT_EQ(mounter_.mounts.size(), 2U);
  EXPECT_EQ(mounter_.mounts[1], (sys::Mount{"/system.erofs", "/sysroot", "erofs", {"ro"}}));
  EXPECT_EQ(told_.size(), 1U);
}

TEST_F(SetupTest, ToRamARawImageIsCopiedWithoutTheRestOfItsDevice) {
  std::string head(80, '\0');
  head.replace(0, 4, "\xe2\xe1\xf5\xe0");
  head[12] = 12;  // blocks of 4096 bytes
  head[36] = 2;   // two of them
  add_device("vda", 1024, head);
  set_available_memory(200);
  ASSERT_TRUE(find_image("/dev/vda", true));
  EXPECT_EQ(root_.read("/system.erofs").size(), 8192U);
  EXPECT_EQ(mounter_.mounts[0].source, "/system.erofs");
}

TEST_F(SetupTest, ToRamWithoutEnoughMemoryLeavesNothingBehind) {
  add_iso("sdb", "image");
  set_available_memory(20);
  EXPECT_EQ(find_image("LABEL=ROSTER", true).error().message,
            "rancher.system.toram needs 96 MiB of free memory, there are 20");
  EXPECT_FALSE(root_.files().exists("/system.erofs"));
  EXPECT_EQ(mounter_.unmounted, std::vector<std::string>{"/run/ros/medium"});
}

TEST_F(SetupTest, FirmwareOfTheInitramfsIsMountedInTheSystemImage) {
  root_.write("/firmware.erofs", "image");
  load_firmware();
  ASSERT_EQ(mounter_.mounts.size(), 1U);
  EXPECT_EQ(mounter_.mounts[0],
            (sys::Mount{"/firmware.erofs", "/sysroot/lib/firmware", "erofs", {"ro"}}));
  EXPECT_TRUE(told_.empty());
}

TEST_F(SetupTest, WithoutFirmwareNothingIsMountedAndNothingTold) {
  load_firmware();
  EXPECT_TRUE(mounter_.mounts.empty());
  EXPECT_TRUE(told_.empty());
}

TEST_F(SetupTest, DamagedFirmwareIsTold) {
  root_.write("/firmware.erofs", "damaged");
  mounter_.fail_with["/sysroot/lib/firmware"] = EINVAL;
  load_firmware();
  EXPECT_TRUE(mounter_.mounts.empty());
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_TRUE(told_[0].starts_with("going on without firmware: ")) << told_[0];
}

TEST_F(SetupTest, ReasonsForHavingNoImage) {
  EXPECT_EQ(find_image("").error().message,
            "no system image: the initramfs has no '/system.erofs' and rancher.system.dev= is not "
            "set");
  EXPECT_EQ(find_image("LABEL=none").error().message,
            "rancher.system.dev=LABEL=none: no such device after 0 s");
  EXPECT_EQ(
      find_image("vda").error().message,
      "rancher.system.dev: 'vda': expected /dev/NAME, LABEL=, UUID=, PARTLABEL= or PARTUUID=");
  add_device("vda", 0, "");
  EXPECT_EQ(find_image("/dev/vda").error().message,
            "'/dev/vda' holds no file system that could be booted from");
}

}  // namespace
}  // namespace ros::pid1
