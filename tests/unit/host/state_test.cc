#include "host/state.h"

#include <gtest/gtest.h>

#include "fakes/fake_machine.h"
#include "fakes/fake_mounter.h"
#include "fakes/temp_root.h"
#include "sys/superblock.h"

namespace ros::host {
namespace {

class StateTest : public ::testing::Test {
 protected:
  void SetUp() override { root_.directory("/state"); }

  // An ext4 disk, last written at second 0x01000000.
  void add_disk(const std::string& label, bool clean = true) {
    std::string head(sys::kSuperblockHead, '\0');
    head.replace(1024 + 51, 1, "\x01");
    head.replace(1024 + 56, 2, "\x53\xef");
    if (clean) head.replace(1024 + 58, 1, "\x01");
    head.replace(1024 + 120, label.size(), label);
    root_.write("/dev/vdb", head);
    root_.write("/sys/class/block/vdb/size", "8\n");
    root_.write("/sys/class/block/vdb/uevent", "DEVTYPE=disk\n");
  }
  Result<void> mount(bool required = false) {
    return mount_state({"LABEL=RANCHER_STATE", "auto", "/state", required}, root_.files(), mounter_,
                       machine_);
  }
  void expect_memory() {
    std::string type;
    for (const auto& mount : mounter_.mounts)
      if (mount.target == "/state") type = mount.type;
    EXPECT_EQ(type, "tmpfs");
  }

  fakes::TempRoot root_;
  fakes::FakeMounter mounter_;
  fakes::FakeMachine machine_;
};

TEST_F(StateTest, ThePartitionIsMountedAndGetsItsLayoutVersion) {
  add_disk("RANCHER_STATE");
  ASSERT_TRUE(mount());
  ASSERT_EQ(mounter_.mounts.size(), 1U);
  EXPECT_EQ(mounter_.mounts[0],
            (sys::Mount{"/dev/vdb", "/state", "ext4", {"noatime", "errors=remount-ro"}}));
  EXPECT_EQ(root_.read("/state/layout-version"), "1\n");
}

TEST_F(StateTest, TheClockIsNotBehindTheLastChange) {
  add_disk("RANCHER_STATE");
  const std::chrono::system_clock::time_point written{std::chrono::seconds(0x01000000)};
  ASSERT_TRUE(mount());
  EXPECT_EQ(machine_.time, written);
  machine_.time = written + std::chrono::hours(1);
  ASSERT_TRUE(mount());
  EXPECT_EQ(machine_.time, written + std::chrono::hours(1));
}

TEST_F(StateTest, WithoutADeviceMemory) {
  ASSERT_TRUE(mount());
  expect_memory();
}

TEST_F(StateTest, ARequiredDeviceThatIsMissingIsAnErrorButTheMachineComesUp) {
  EXPECT_EQ(mount(true).error().message, "'LABEL=RANCHER_STATE' is not there, but required");
  expect_memory();
}

TEST_F(StateTest, ANewerLayoutIsLeftAlone) {
  add_disk("RANCHER_STATE");
  root_.write("/state/layout-version", "2\n");
  EXPECT_EQ(mount().error().message, "the state has layout 2, this system knows layouts up to 1");
  ASSERT_FALSE(mounter_.unmounted.empty());
  EXPECT_EQ(mounter_.unmounted.front(), "/state");
  EXPECT_EQ(root_.read("/state/layout-version"), "2\n");
  expect_memory();
}

TEST_F(StateTest, AFailedMountIsToldAndMemoryTaken) {
  add_disk("RANCHER_STATE");
  root_.write("/state/layout-version", "nonsense");
  EXPECT_EQ(mount().error().message, "'/state/layout-version': 'nonsense' is not a whole number");
  expect_memory();
}

TEST_F(StateTest, ADirectoryOfTheDeviceIsPutOverIt) {
  add_disk("RANCHER_STATE");
  const plan::MountState action{"LABEL=RANCHER_STATE", "auto", "/state", false, "ros/a"};
  ASSERT_TRUE(mount_state(action, root_.files(), mounter_, machine_));
  ASSERT_EQ(mounter_.mounts.size(), 2U);
  EXPECT_EQ(mounter_.mounts[1], (sys::Mount{"/state/ros/a", "/state", "", {"bind"}}));
}

TEST_F(StateTest, ADirectoryOutsideOfTheDeviceIsRefused) {
  add_disk("RANCHER_STATE");
  const plan::MountState action{"LABEL=RANCHER_STATE", "auto", "/state", false, "../etc"};
  EXPECT_EQ(mount_state(action, root_.files(), mounter_, machine_).error().message,
            "state directory '../etc': expected a path below the device's root");
  expect_memory();
}

TEST_F(StateTest, AMountThatFindsDamageIsTriedAgainAfterACheck) {
  add_disk("RANCHER_STATE");
  mounter_.fail_once["/state"] = EUCLEAN;
  root_.directory("/sbin");  // no e2fsck in it: nothing is checked
  ASSERT_TRUE(mount());
  ASSERT_EQ(mounter_.mounts.size(), 1U);
  EXPECT_EQ(mounter_.mounts[0].type, "ext4");
}

TEST_F(StateTest, AReadOnlyDeviceGivesItsConfiguration) {
  add_disk("RANCHER_STATE");
  const std::string conf = "/var/lib/rancher/conf";
  root_.write("/run/ros/state/" + conf + "/cloud-config.yml", "hostname: a\n");
  root_.write("/run/ros/state/" + conf + "/cloud-config.d/b.yml", "hostname: b\n");
  root_.write("/sys/class/block/vdb/ro", "1\n");
  EXPECT_EQ(mount().error().message, "'/dev/vdb' can only be read");
  EXPECT_EQ(root_.read("/state" + conf + "/cloud-config.yml"), "hostname: a\n");
  EXPECT_EQ(root_.read("/state" + conf + "/cloud-config.d/b.yml"), "hostname: b\n");
  EXPECT_EQ(mounter_.mounts.back(),
            (sys::Mount{"/dev/vdb", "/run/ros/state", "ext4", {"ro", "noload"}}));
  // First what an earlier manager may have left.
  EXPECT_EQ(mounter_.unmounted, std::vector<std::string>(2, "/run/ros/state"));
}

TEST_F(StateTest, DoneTwiceChangesNothing) {
  root_.write("/proc/self/mountinfo", "30 22 254:1 / /state rw - ext4 /dev/vdb rw\n");
  ASSERT_TRUE(mount());
  EXPECT_TRUE(mounter_.mounts.empty());
}

TEST_F(StateTest, UserPathsAreBoundAsGroupsOfTheirOwn) {
  root_.write("/proc/self/mountinfo", "30 22 254:1 / /opt rw - ext4 /dev/vdb rw\n");
  ASSERT_TRUE(bind_user_paths({"/state", {{"/opt"}, {"/root", 0700}}}, root_.files(), mounter_));
  ASSERT_EQ(mounter_.mounts.size(), 1U);
  EXPECT_EQ(mounter_.mounts[0],
            (sys::Mount{"/state/root", "/root", "", {"bind", "private", "shared"}}));
  EXPECT_EQ(root_.mode("/state/root"), 0700U);
}

TEST_F(StateTest, OnePathThatFailsDoesNotStopTheOthers) {
  mounter_.fail_with["/home"] = EBUSY;
  const auto bound = bind_user_paths({"/state", {{"/home"}, {"/opt"}}}, root_.files(), mounter_);
  EXPECT_EQ(bound.error().message,
            "mount '/state/home' on '/home' (bind,private,shared): Device or resource busy");
  EXPECT_EQ(mounter_.mounts.back().target, "/opt");
}

TEST_F(StateTest, DirectoriesKeepWhatTheyAre) {
  ASSERT_TRUE(make_directories({{"/home/a/b", 0700}}, root_.files()));
  EXPECT_EQ(root_.mode("/home/a"), 0755U);
  EXPECT_EQ(root_.mode("/home/a/b"), 0700U);
  ASSERT_TRUE(make_directories({{"/home/a/b", 0755}}, root_.files()));
  EXPECT_EQ(root_.mode("/home/a/b"), 0700U);
}

TEST_F(StateTest, WaitingForADevice) {
  using std::chrono::seconds;
  EXPECT_EQ(wait_device({"LABEL=RANCHER_STATE", seconds(0), false}, root_.files()).error().message,
            "'LABEL=RANCHER_STATE': no such device after 0 s");
  // Without USB there is nothing to wait for.
  EXPECT_TRUE(wait_device({"LABEL=RANCHER_STATE", seconds(60), true}, root_.files()));
  add_disk("RANCHER_STATE");
  EXPECT_TRUE(wait_device({"LABEL=RANCHER_STATE", seconds(60), false}, root_.files()));
}

}  // namespace
}  // namespace ros::host
