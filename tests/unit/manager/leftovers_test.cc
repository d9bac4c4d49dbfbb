#include "manager/leftovers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_mounter.h"
#include "fakes/temp_root.h"

namespace ros::manager {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;

constexpr auto kBundle = "/run/system-containerd/io.containerd.runtime.v2.task/system/ntp-2";

class LeftoversTest : public ::testing::Test {
 protected:
  // `processes`: numbers of the cgroup, as cgroup.procs has them.
  void running(const std::string& processes) {
    root_.write("/sys/fs/cgroup/init/cgroup.procs", processes);
  }
  void process(int pid, const std::string& arguments) {
    root_.write("/proc/" + std::to_string(pid) + "/cmdline", arguments);
  }

  fakes::TempRoot root_;
  fakes::FakeMounter mounter_;
};

TEST_F(LeftoversTest, AShimAndWhatIsAboutToStartOne) {
  running("7\n8\n");
  process(7, "/usr/bin/containerd-shim-runc-v2\0-namespace\0system\0-id\0ntp.2\0-address\0/x\0"s);
  process(8, "/usr/bin/containerd-shim-runc-v2\0-namespace\0system\0-id\0ntp.2\0start\0"s);
  EXPECT_THAT(shims(root_.files()), ElementsAre(Shim{7, "ntp.2"}, Shim{8, "ntp.2"}));
}

TEST_F(LeftoversTest, NoOtherProcessIsAShim) {
  process(7, "/usr/bin/containerd-shim-runc-v2\0-namespace\0moby\0-id\0ntp.2\0"s);
  process(8, "/usr/bin/ctr\0-namespace\0system\0-id\0ntp.2\0"s);
  process(10, "");  // and 11 has ended meanwhile
  running("7\n8\n10\n11\n");
  EXPECT_THAT(shims(root_.files()), IsEmpty());
}

TEST_F(LeftoversTest, NoCgroupNoShims) {
  EXPECT_THAT(shims(root_.files()), IsEmpty());
}

TEST_F(LeftoversTest, AShimThatOnlyZombiesLiveUnderIsIdle) {
  const auto shim_of = [this](int pid, const std::string& id) {
    process(pid, "/usr/bin/containerd-shim-runc-v2\0-namespace\0system\0-id\0"s + id + "\0"s);
  };
  running("7\n8\n9\n10\n11\n");
  shim_of(7, "ntp.2");
  shim_of(8, "udev.1");
  shim_of(9, "console.1");
  shim_of(10, "ntpd.2");
  process(11, "/usr/bin/containerd-shim-runc-v2\0-namespace\0system\0-id"s);
  root_.write("/proc/20/stat", "20 (a) Z) Z 7 20 20");
  root_.write("/proc/21/stat", "21 (chronyd) S 8 21 21");
  EXPECT_THAT(idle_shims(root_.files(), {"ntp", "udev"}), ElementsAre(Shim{7, "ntp.2"}));
}

TEST_F(LeftoversTest, ABundleIsUnmountedAndRemoved) {
  root_.write(kBundle + "/config.json"s, "{}");
  ASSERT_TRUE(root_.files().make_directories(kBundle + "/rootfs"s));
  EXPECT_TRUE(remove_bundle(root_.files(), mounter_, "ntp-2"));
  EXPECT_THAT(mounter_.unmounted, ElementsAre(EndsWith("/system/ntp-2/rootfs")));
  EXPECT_FALSE(root_.files().exists(kBundle));
}

TEST_F(LeftoversTest, NothingInARootThatStaysMountedIsTouched) {
  root_.write(kBundle + "/rootfs/bin/sh"s, "");
  EXPECT_FALSE(remove_bundle(root_.files(), mounter_, "ntp-2"));
  EXPECT_TRUE(root_.files().exists(kBundle + "/rootfs/bin/sh"s));
}

TEST_F(LeftoversTest, NoBundleNothingToDo) {
  EXPECT_TRUE(remove_bundle(root_.files(), mounter_, "ntp-2"));
  EXPECT_THAT(mounter_.unmounted, IsEmpty());
}

}  // namespace
}  // namespace ros::manager
