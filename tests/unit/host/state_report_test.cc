#include "host/state_report.h"

#include <gtest/gtest.h>

#include "fakes/temp_root.h"

namespace ros::host {
namespace {

using Problems = std::vector<std::string>;

constexpr sys::Space kRoomy{2'000'000'000, 1'800'000'000};

class StateReportTest : public ::testing::Test {
 protected:
  void mounted(const std::string& type, const std::string& source, const std::string& options) {
    root_.write("/proc/self/mountinfo",
                "30 22 254:0 / /state rw,noatime shared:1 - " + type + " " + source + " " +
                    options + "\n31 30 254:0 /home /home rw - " + type + " " + source + " rw\n");
  }
  StateReport look(const Result<sys::Space>& space = kRoomy) {
    return look_at_state(root_.files(), "/state", space, "LABEL=RANCHER_STATE");
  }
  void disk(const std::string& name) {
    std::string head(4096, '\0');
    head.replace(1024 + 56, 2, "\x53\xef");
    head.replace(1024 + 120, 13, "RANCHER_STATE");
    root_.write("/dev/" + name, head);
    root_.write("/sys/class/block/" + name + "/size", "4096\n");
    root_.write("/sys/class/block/" + name + "/uevent", "DEVTYPE=disk\n");
  }

  fakes::TempRoot root_;
};

TEST_F(StateReportTest, AHealthyDiskHasNoProblem) {
  mounted("ext4", "/dev/vda", "rw,errors=continue");
  root_.directory("/sys/class/block/vda");
  root_.write("/sys/fs/ext4/vda/errors_count", "0\n");
  const auto report = look();
  EXPECT_EQ(report.summary, "/dev/vda (ext4) on /state, 1.8 GB of 2.0 GB free");
  EXPECT_EQ(report.problems, Problems{});
}

TEST_F(StateReportTest, MemoryIsSaidToBe) {
  mounted("tmpfs", "tmpfs", "rw");
  EXPECT_EQ(look().summary, "in memory, lost at power-off, 1.8 GB of 2.0 GB free");
  EXPECT_EQ(look().problems, Problems{});
}

TEST_F(StateReportTest, EveryProblemIsNamed) {
  mounted("ext4", "/dev/vda", "ro,errors=remount-ro");
  root_.write("/sys/fs/ext4/vda/errors_count", "3\n");
  EXPECT_EQ(
      look(sys::Space{1000, 0}).problems,
      (Problems{
          "the state is full", "'/dev/vda' is gone: nothing more is kept",
          "'/dev/vda' has had 3 errors: nothing more is kept until the check at the next boot",
          "'/dev/vda' can only be read"}));
}

TEST_F(StateReportTest, AnotherDiskOfTheSameNameIsTold) {
  mounted("ext4", "/dev/vda", "rw");
  disk("vda");
  disk("sdb");
  EXPECT_EQ(look().problems, Problems{"'/dev/sdb' is LABEL=RANCHER_STATE, too, and not used"});
}

TEST_F(StateReportTest, NothingMounted) {
  root_.write("/proc/self/mountinfo", "");
  EXPECT_EQ(look().problems, Problems{"nothing is mounted on /state"});
}

}  // namespace
}  // namespace ros::host
