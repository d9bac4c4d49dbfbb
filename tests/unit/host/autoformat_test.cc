#include "host/autoformat.h"

#include <gtest/gtest.h>

#include "fakes/temp_root.h"

namespace ros::host {
namespace {

using Devices = std::vector<std::string>;

std::string zeros() {
  return std::string(kEmptyEnd, '\0');
}

class AutoformatTest : public ::testing::Test {
 protected:
  void add_disk(const std::string& name, const std::string& content) {
    root_.write("/dev/" + name, content);
    root_.write("/sys/class/block/" + name + "/size", "4096\n");
    root_.write("/sys/class/block/" + name + "/uevent", "DEVTYPE=disk\n");
  }
  Result<void> run(const Devices& devices) {
    return autoformat({"LABEL=RANCHER_STATE", devices, "RANCHER_STATE"}, root_.files(),
                      [this](const std::string& device, const std::string& label) {
                        formatted_.push_back(device + " " + label);
                        return Result<void>();
                      });
  }

  fakes::TempRoot root_;
  Devices formatted_;
};

TEST(MayFormat, OnlyWhatIsCertainlyEmpty) {
  EXPECT_TRUE(may_format(zeros(), zeros()));
  EXPECT_TRUE(may_format(std::string(kFormatMe) + zeros().substr(kFormatMe.size()), "GPT"));
  EXPECT_FALSE(may_format(zeros().substr(1), zeros())) << "smaller than what has to be empty";
  EXPECT_FALSE(may_format("", ""));
  for (const std::size_t place : {std::size_t{0}, std::size_t{510}, kEmptyEnd - 1}) {
    auto data = zeros();
    data[place] = '\x01';
    EXPECT_FALSE(may_format(data, zeros())) << place;
    EXPECT_FALSE(may_format(zeros(), data)) << place;
  }
  EXPECT_FALSE(may_format("boot2docker, please format-m" + zeros(), zeros()));
}

TEST_F(AutoformatTest, TheFirstEmptyDiskOnly) {
  add_disk("vda", "MBR" + zeros());
  add_disk("vdb", zeros());
  add_disk("vdc", zeros());
  ASSERT_TRUE(run({"/dev/none", "/dev/vda", "/dev/vdb", "/dev/vdc"}));
  EXPECT_EQ(formatted_, Devices{"/dev/vdb RANCHER_STATE"});
}

// As RAID (md 1.0, IMSM) and a second GPT do.
TEST_F(AutoformatTest, NoDiskWithSomethingAtItsEnd) {
  auto raid = zeros() + zeros() + zeros();
  raid.replace(raid.size() - 8192, 4, "\xfc\x4e\x2b\xa9");
  add_disk("vda", raid);
  ASSERT_TRUE(run({"/dev/vda"}));
  EXPECT_EQ(formatted_, Devices{});
}

TEST_F(AutoformatTest, NoDiskThatIsNotListed) {
  add_disk("vda", zeros());
  ASSERT_TRUE(run({"/dev/vdb"}));
  EXPECT_EQ(formatted_, Devices{});
}

TEST_F(AutoformatTest, NothingWhenTheStateIsThere) {
  std::string head = zeros();
  head.replace(1024 + 56, 2, "\x53\xef");
  head.replace(1024 + 120, 13, "RANCHER_STATE");
  add_disk("vda", zeros());
  add_disk("vdb", head);
  ASSERT_TRUE(run({"/dev/vda"}));
  EXPECT_EQ(formatted_, Devices{});
}

}  // namespace
}  // namespace ros::host
