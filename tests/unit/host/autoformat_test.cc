#include "host/autoformat.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "fakes/temp_root.h"

namespace ros::host {
namespace {

using Devices = std::vector<std::string>;

std::string zeros() {
  return std::string(kEmptyEnd, '\0');
}

class AutoformatTest : public ::testing::Test {
 protected:
  void add_disk(const std::string& name, const std::string& content,
                const std::string& uevent = "DEVTYPE=disk\n") {
    root_.write("/dev/" + name, content);
    root_.write("/sys/class/block/" + name + "/size", "4096\n");
    root_.write("/sys/class/block/" + name + "/uevent", uevent);
  }
  void add_state(const std::string& name) {
    std::string head = zeros();
    head.replace(1024 + 56, 2, "\x53\xef");
    head.replace(1024 + 120, 13, "RANCHER_STATE");
    add_disk(name, head);
  }
  Result<void> run(const Devices& devices) {
    return autoformat({.state = "LABEL=RANCHER_STATE",
                       .devices = devices,
                       .label = "RANCHER_STATE",
                       .partition = "roster-state"},
                      root_.files(),
                      {.format =
                           [this](const std::string& device, const std::string& label) {
                             formatted_.push_back(device + " " + label);
                             return Result<void>();
                           },
                       .wait =
                           [this](const plan::Autoformat&, const sys::Files&) {
                             ++waits_;
                             if (while_waiting_) while_waiting_();
                             return Result<void>();
                           }});
  }

  fakes::TempRoot root_;
  Devices formatted_;
  int waits_ = 0;
  std::function<void()> while_waiting_;
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
  add_disk("vda", zeros());
  add_state("vdb");
  ASSERT_TRUE(run({"/dev/vda"}));
  EXPECT_EQ(formatted_, Devices{});
  EXPECT_EQ(waits_, 0);
}

// A slow disk, which the list names first.
TEST_F(AutoformatTest, NoSecondStateWhenTheFirstIsLate) {
  add_disk("vda", zeros());
  while_waiting_ = [this] { add_state("sda"); };
  ASSERT_TRUE(run({"/dev/sda", "/dev/vda"}));
  EXPECT_EQ(formatted_, Devices{});
  EXPECT_EQ(waits_, 1);
}

TEST_F(AutoformatTest, NobodyWaitsWhenNothingCanBeFormatted) {
  add_disk("vda", "MBR" + zeros());
  ASSERT_TRUE(run({"/dev/vda", "/dev/vdb"}));
  EXPECT_EQ(waits_, 0);
}

TEST_F(AutoformatTest, NothingWhenTheStateMayBeOnWhatCantBeRead) {
  root_.directory("/dev/sda");
  root_.write("/sys/class/block/sda/size", "4096\n");
  add_disk("vda", zeros());
  EXPECT_EQ(run({"/dev/sda", "/dev/vda"}).error().message,
            "nothing is formatted: read '/dev/sda': Is a directory");
  EXPECT_EQ(formatted_, Devices{});
}

// Its superblock is damaged, or it lies on an installed disk and was erased.
TEST_F(AutoformatTest, NothingBesideAPartitionThatWasMadeForTheState) {
  add_disk("vda", zeros());
  add_disk("vdb5", zeros(), "DEVTYPE=partition\nPARTNAME=roster-state\n");
  EXPECT_EQ(run({"/dev/vda"}).error().message,
            "nothing is formatted: '/dev/vdb5' was made for the state, but is not "
            "LABEL=RANCHER_STATE");
  EXPECT_EQ(formatted_, Devices{});
}

TEST(FormatCommand, WhatLiesBetweenTheEndsIsNotDiscarded) {
  const auto command = format_command("/dev/vda", "RANCHER_STATE");
  const auto option = std::ranges::find(command, "-E");
  ASSERT_LT(option, command.end() - 1);
  EXPECT_EQ(*(option + 1), "nodiscard");
}

}  // namespace
}  // namespace ros::host
