#include "host/grow.h"

#include <gtest/gtest.h>

#include "fakes/fake_machine.h"
#include "fakes/temp_root.h"
#include "sys/superblock.h"

namespace ros::host {
namespace {

const plan::GrowState kAction{"/state", "roster-state", "/var/lib/rancher/resizefs.done"};
constexpr std::uint64_t kMiB = 2048;  // in sectors

class GrowTest : public ::testing::Test {
 protected:
  // A disk of 100 MiB: a system of 10 MiB at 1, the state of 20 MiB at 11, mounted.
  void SetUp() override {
    add("vda", "DEVTYPE=disk\n", 100 * kMiB);
    add_partition(1, "roster-a", 1, 10);
    add_partition(2, "roster-state", 11, 20);
    set_file_system("vda2", 20);
    mount("/dev/vda2", "ext4");
  }
  void add(const std::string& name, const std::string& uevent, std::uint64_t sectors) {
    root_.write("/sys/class/block/" + name + "/size", std::to_string(sectors) + "\n");
    root_.write("/sys/class/block/" + name + "/uevent", uevent);
  }
  // MiB; a partition is a directory of its disk as well.
  void add_partition(unsigned number, const std::string& label, std::uint64_t start,
                     std::uint64_t size) {
    const std::string name = "vda" + std::to_string(number);
    add(name, "DEVTYPE=partition\nPARTNAME=" + label + "\n", size * kMiB);
    for (const auto& path : {"/sys/class/block/" + name, "/sys/class/block/vda/" + name}) {
      root_.write(path + "/start", std::to_string(start * kMiB) + "\n");
      root_.write(path + "/partition", std::to_string(number) + "\n");
    }
  }
  void set_file_system(const std::string& name, std::uint64_t mebibytes) {
    std::string head(sys::kSuperblockHead, '\0');
    head.replace(1024 + 56, 2, "\x53\xef");
    head[1024 + 24] = 2;  // blocks of 4 KiB
    const std::uint64_t blocks = mebibytes * 256;
    head[1024 + 4] = static_cast<char>(blocks & 255U);
    head[1024 + 5] = static_cast<char>(blocks >> 8U);
    root_.write("/dev/" + name, head);
  }
  void mount(const std::string& device, const std::string& type) {
    root_.write("/proc/self/mountinfo",
                "30 22 254:1 / /state rw - " + type + " " + device + " rw\n");
  }
  std::optional<Growth> find() { return find_growth(kAction, root_.files()); }

  fakes::TempRoot root_;
  fakes::FakeMachine machine_;
};

TEST_F(GrowTest, ToTheEndOfTheDiskButForTheSecondTable) {
  EXPECT_EQ(find(), (Growth{"/dev/vda", "/dev/vda2", 2, 11 * kMiB, 88 * kMiB, true, true}));
}

TEST_F(GrowTest, ATableThatWasWrittenBeforeThePowerFailed) {
  add("vda2", "DEVTYPE=partition\nPARTNAME=roster-state\n", 88 * kMiB);
  EXPECT_EQ(find(), (Growth{"/dev/vda", "/dev/vda2", 2, 11 * kMiB, 88 * kMiB, false, true}));
  set_file_system("vda2", 88);
  EXPECT_FALSE(find());
}

TEST_F(GrowTest, NothingToWin) {
  add("vda", "DEVTYPE=disk\n", 32 * kMiB);
  EXPECT_FALSE(find());
}

TEST_F(GrowTest, OnlyTheLastPartition) {
  add_partition(3, "mine", 40, 1);
  EXPECT_FALSE(find());
}

TEST_F(GrowTest, OnlyOurLayout) {
  add_partition(2, "data", 11, 20);
  EXPECT_FALSE(find());
}

TEST_F(GrowTest, AWholeDiskOrMemoryIsLeftAlone) {
  mount("/dev/vda", "ext4");
  EXPECT_FALSE(find());
  mount("tmpfs", "tmpfs");
  EXPECT_FALSE(find());
}

TEST_F(GrowTest, OnceAndThenNeverAgain) {
  root_.write("/state/var/lib/rancher/resizefs.done", "");
  EXPECT_TRUE(grow_state(kAction, root_.files(), machine_));
  EXPECT_TRUE(machine_.resized.empty());
}

}  // namespace
}  // namespace ros::host
