#include "sys/superblock.h"

#include <gtest/gtest.h>

#include <cstring>

namespace ros::sys {
namespace {

std::string device() {
  std::string head(kSuperblockHead, '\0');
  return head;
}

void put(std::string& head, std::size_t offset, std::string_view bytes) {
  std::memcpy(head.data() + offset, bytes.data(), bytes.size());
}

constexpr std::string_view kUuid("\x12\x34\x56\x78\x9a\xbc\xde\xf0\x01\x02\x03\x04\x05\x06\x07\x08",
                                 16);
constexpr auto kUuidText = "12345678-9abc-def0-0102-030405060708";

std::string ext4_device() {
  std::string head = device();
  put(head, 1024 + 56, "\x53\xef");
  put(head, 1024 + 48, "\x01\x02\x03");
  put(head, 1024 + 58, "\x01");
  put(head, 1024 + 104, kUuid);
  put(head, 1024 + 120, "RANCHER_STATE");
  return head;
}

TEST(SuperblockTest, Ext4) {
  std::string head = ext4_device();
  const auto clean = identify(head);
  ASSERT_TRUE(clean);
  EXPECT_EQ(clean->type, "ext4");
  EXPECT_EQ(clean->label, "RANCHER_STATE");
  EXPECT_EQ(clean->uuid, kUuidText);
  EXPECT_TRUE(clean->clean);
  EXPECT_EQ(clean->written, 0x030201);
  put(head, 1024 + 96, "\x04");  // the journal waits to be replayed
  EXPECT_FALSE(identify(head)->clean);
}

TEST(SuperblockTest, Ext4WithErrors) {
  std::string head = ext4_device();
  put(head, 1024 + 58, "\x03");
  EXPECT_FALSE(identify(head)->clean);
}

TEST(SuperblockTest, Erofs) {
  std::string head = device();
  put(head, 1024, "\xe2\xe1\xf5\xe0");
  put(head, 1024 + 48, kUuid);
  put(head, 1024 + 64, "system-a");
  const auto found = identify(head);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->type, "erofs");
  EXPECT_EQ(found->label, "system-a");
  EXPECT_EQ(found->uuid, kUuidText);
}

TEST(SuperblockTest, Iso9660IsSeenBehindABootSector) {
  std::string head = device();
  put(head, 510, "\x55\xaa");
  put(head, 32768,
      "\x01"
      "CD001");
  put(head, 32768 + 40, "cidata                          ");
  put(head, 32768 + 813, "2026112312345600");
  put(head, 32768 + 830, "0000000000000000");
  const auto found = identify(head);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->type, "iso9660");
  EXPECT_EQ(found->label, "cidata");
  EXPECT_EQ(found->uuid, "2026-11-23-12-34-56-00");
}

TEST(SuperblockTest, Vfat) {
  std::string head = device();
  put(head, 510, "\x55\xaa");
  put(head, 54, "FAT12   ");
  put(head, 43, "CIDATA     ");
  put(head, 39, "\xef\xbe\xad\xde");
  EXPECT_EQ(identify(head)->label, "CIDATA");
  EXPECT_EQ(identify(head)->uuid, "DEAD-BEEF");
  put(head, 54, "        ");
  put(head, 82, "FAT32   ");
  put(head, 71, "NO NAME    ");
  EXPECT_EQ(identify(head)->type, "vfat");
  EXPECT_EQ(identify(head)->label, "");
}

TEST(SuperblockTest, NothingKnown) {
  EXPECT_FALSE(identify(device()));
  EXPECT_FALSE(identify(""));
  std::string boot_sector_only = device();
  put(boot_sector_only, 510, "\x55\xaa");
  EXPECT_FALSE(identify(boot_sector_only));
}

TEST(SuperblockTest, CutShortAnywhereIsHarmless) {
  std::string head = ext4_device();
  put(head, 510, "\x55\xaa");
  put(head, 82, "FAT32   ");
  for (std::size_t size = 0; size < head.size(); size += 7) {
    const auto found = identify(std::string_view(head).substr(0, size));
    EXPECT_TRUE(!found || found->type == "vfat" || size >= 2048);
  }
}

}  // namespace
}  // namespace ros::sys
