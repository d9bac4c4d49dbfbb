#include "sys/block.h"

#include <gtest/gtest.h>

#include "fakes/temp_root.h"
#include "sys/gpt.h"

namespace ros::sys {
namespace {

std::string erofs(std::string_view label) {
  std::string head(kSuperblockHead, '\0');
  head.replace(1024, 4, "\xe2\xe1\xf5\xe0");
  head.replace(1024 + 64, label.size(), label);
  return head;
}

class BlockTest : public ::testing::Test {
 protected:
  void add(const std::string& name, const std::string& head, const std::string& uevent,
           const std::string& size = "2048") {
    root_.write("/sys/class/block/" + name + "/size", size + "\n");
    root_.write("/sys/class/block/" + name + "/uevent", uevent);
    root_.write("/dev/" + name, head);
  }
  std::optional<std::string> find(const std::string& spec) {
    return find_block_device(root_.files(), spec);
  }
  fakes::TempRoot root_;
};

TEST_F(BlockTest, FindsByEveryKindOfName) {
  add("vda", "", "DEVTYPE=disk\n");
  add("vda1", erofs("system"),
      "DEVTYPE=partition\nPARTNAME=slot a\nPARTUUID=0f0e0d0c-0102-0304-0506-070809101112\n");
  EXPECT_EQ(find("/dev/vda1"), "/dev/vda1");
  EXPECT_EQ(find("LABEL=system"), "/dev/vda1");
  EXPECT_EQ(find("PARTLABEL=slot a"), "/dev/vda1");
  EXPECT_EQ(find("PARTUUID=0F0E0D0C-0102-0304-0506-070809101112"), "/dev/vda1");
  EXPECT_FALSE(find("/dev/vdb"));
  EXPECT_FALSE(find("LABEL=SYSTEM"));
  EXPECT_FALSE(find("UUID="));
}

TEST_F(BlockTest, OfADiskAndItsPartitionThePartitionIsTaken) {
  add("sda", erofs("live"), "DEVTYPE=disk\n");
  add("sda1", erofs("live"), "DEVTYPE=partition\n");
  EXPECT_EQ(find("LABEL=live"), "/dev/sda1");
}

// A table with one partition, number 3, and its GUID as bytes 0 to 15.
std::string gpt(std::size_t block) {
  std::string head(kGptHead, '\0');
  head.replace(block, 8, "EFI PART");
  head[block + 72] = 2;
  head[block + 80] = 4;
  head[block + 84] = '\x80';
  const std::size_t entry = 2 * block + 2 * 128;
  head[entry] = 1;
  for (std::size_t i = 0; i < 16; ++i) head[entry + 16 + i] = static_cast<char>(i);
  return head;
}
constexpr auto kGptUuid = "03020100-0504-0706-0809-0a0b0c0d0e0f";

TEST_F(BlockTest, PartuuidsOfTheTableWhereTheKernelDoesNotTell) {
  add("nvme0n1", gpt(4096), "DEVTYPE=disk\n");
  add("nvme0n1p3", "", "DEVTYPE=partition\nPARTN=3\n");
  root_.write("/sys/class/block/nvme0n1/queue/logical_block_size", "4096\n");
  root_.write("/sys/class/block/nvme0n1p3/partition", "3\n");
  EXPECT_EQ(find(std::string("PARTUUID=") + kGptUuid), "/dev/nvme0n1p3");
  EXPECT_FALSE(find("PARTUUID=13020100-0504-0706-0809-0a0b0c0d0e0f"));
}

TEST(GptTest, WhatIsNoTableOrNoPartition) {
  EXPECT_EQ(gpt_partition_uuid(gpt(512), 512, 3), kGptUuid);
  EXPECT_EQ(gpt_partition_uuid(gpt(512), 512, 2), "");
  EXPECT_EQ(gpt_partition_uuid(gpt(512), 512, 5), "");
  EXPECT_EQ(gpt_partition_uuid(gpt(512), 512, 0), "");
  EXPECT_EQ(gpt_partition_uuid(gpt(512), 4096, 3), "");
  EXPECT_EQ(gpt_partition_uuid("", 512, 1), "");
  for (const std::size_t field : {72U, 80U, 84U}) {
    std::string wild = gpt(512);
    for (std::size_t i = 0; i < 4; ++i) wild[512 + field + i] = '\xff';
    const auto found = gpt_partition_uuid(wild, 512, 3);
    EXPECT_TRUE(found.empty() || found == kGptUuid) << field;
  }
}

TEST_F(BlockTest, AllThatFitButEveryMediumOnce) {
  add("sda", erofs("live"), "DEVTYPE=disk\n");
  add("sda1", erofs("live"), "DEVTYPE=partition\n");
  add("sdb", erofs("live"), "DEVTYPE=disk\n");
  add("sr0", erofs("live"), "DEVTYPE=disk\n");
  add("vda", erofs("other"), "DEVTYPE=disk\n");
  root_.directory("/sys/class/block/sda/sda1");
  EXPECT_EQ(find_block_devices(root_.files(), "LABEL=live"),
            (std::vector<std::string>{"/dev/sda1", "/dev/sdb", "/dev/sr0"}));
  EXPECT_EQ(find_block_devices(root_.files(), "/dev/vda"), std::vector<std::string>{"/dev/vda"});
  EXPECT_TRUE(find_block_devices(root_.files(), "LABEL=none").empty());
}

// By name they would come the other way round.
TEST_F(BlockTest, WhatStaysInTheMachineComesBeforeSticksAndDrives) {
  for (const auto* const disk : {"mmcblk0", "sda", "sdb", "sr0", "vdz"})
    add(disk, erofs("x"), "DEVTYPE=disk\n");
  add("sda1", erofs("x"), "DEVTYPE=partition\n");
  root_.write("/sys/class/block/sda/removable", "1\n");
  ASSERT_TRUE(root_.files().remove_all("/sys/class/block/sdb"));
  root_.directory("/sys/devices/pci0000:00/usb1/1-1/block");
  ASSERT_TRUE(
      root_.files().symlink("../../devices/pci0000:00/usb1/1-1/block/sdb", "/sys/class/block/sdb"));
  root_.write("/sys/devices/pci0000:00/usb1/1-1/block/sdb/size", "8\n");
  EXPECT_EQ(find_block_devices(root_.files(), "LABEL=x"),
            (std::vector<std::string>{"/dev/mmcblk0", "/dev/vdz", "/dev/sda1", "/dev/sda",
                                      "/dev/sdb", "/dev/sr0"}));
}

// The machine's other disk comes first by name.
TEST_F(BlockTest, WhatIsOnTheDiskOfTheRunningSystemComesFirst) {
  const auto partition = "DEVTYPE=partition\n";
  for (const auto* const name : {"nvme0n1", "nvme1n1", "sr0"}) add(name, "", "DEVTYPE=disk\n");
  add("nvme0n1p5", erofs("x"), partition);
  add("nvme1n1p3", "", partition);
  add("nvme1n1p5", erofs("x"), partition);
  EXPECT_EQ(find("LABEL=x"), "/dev/nvme0n1p5");
  root_.write(kBootDevice, "/dev/nvme1n1p3\n");
  EXPECT_EQ(find("LABEL=x"), "/dev/nvme1n1p5");
  add("sr0", erofs("x"), "DEVTYPE=disk\n");
  root_.write(kBootDevice, "/dev/sr0\n");
  EXPECT_EQ(find("LABEL=x"), "/dev/nvme0n1p5") << "a drive stays the last";
  root_.write(kBootDevice, "/dev/nvme1n1\n");
  EXPECT_EQ(find("LABEL=x"), "/dev/nvme1n1p5") << "the whole disk is the system image";
}

TEST_F(BlockTest, PlacesOfUsb) {
  for (const std::string name : {"sr0", "sda"}) {
    root_.write("/sys/devices/usb1/1-1/block/" + name + "/size", "8\n");
    root_.directory("/sys/class/block");
    ASSERT_TRUE(
        root_.files().symlink("../../devices/usb1/1-1/block/" + name, "/sys/class/block/" + name));
  }
  for (const auto& device : list_block_devices(root_.files()))
    EXPECT_EQ(device.place, Place::kDetachable) << device.name;
  root_.write(kBootDevice, "/dev/sda\n");
  EXPECT_EQ(list_block_devices(root_.files()).front().place, Place::kBootDisk);
}

TEST_F(BlockTest, DevicesWithoutAMediumAreLeftOut) {
  add("sr0", "", "DEVTYPE=disk\n", "0");
  add("ram0", "", "DEVTYPE=disk\n");
  EXPECT_TRUE(list_block_devices(root_.files()).empty());
}

TEST_F(BlockTest, SpecsAreChecked) {
  EXPECT_TRUE(is_device_spec("/dev/vda"));
  EXPECT_TRUE(is_device_spec("LABEL=x"));
  for (const auto* const wrong : {"", "vda", "LABEL=", "ID=7", "LABEL"})
    EXPECT_FALSE(is_device_spec(wrong)) << wrong;
}

}  // namespace
}  // namespace ros::sys
