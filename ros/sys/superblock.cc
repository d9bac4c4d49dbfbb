#include "sys/superblock.h"

#include <array>

#include "base/text.h"

namespace ros::sys {
namespace {

// Byte offsets as in the formats' own descriptions: ext4 Documentation/filesystems/ext4/super.rst,
// erofs fs/erofs/erofs_fs.h, FAT "fatgen103", ECMA-119 8.4.
constexpr std::size_t kExt = 1024;
constexpr std::size_t kErofs = 1024;
constexpr std::size_t kIso = 32768;

std::string_view field(std::string_view head, std::size_t offset, std::size_t size) {
  return offset + size <= head.size() ? head.substr(offset, size) : std::string_view{};
}

unsigned little_endian(std::string_view bytes) {
  unsigned value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;)
    value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

// Up to the first NUL, without blanks around it.
std::string text(std::string_view bytes) {
  return std::string(trim(bytes.substr(0, bytes.find('\0'))));
}

std::string hex(std::string_view bytes, std::string_view digits = "0123456789abcdef") {
  std::string result;
  for (const char c : bytes) {
    result += digits[static_cast<unsigned char>(c) >> 4U];
    result += digits[static_cast<unsigned char>(c) & 15U];
  }
  return result;
}

std::string uuid(std::string_view bytes) {
  std::string result = hex(bytes);
  if (result.find_first_not_of('0') == std::string::npos) return "";
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) result.insert(dash, "-");
  return result;
}

std::optional<Superblock> ext4(std::string_view head) {
  constexpr unsigned kValid = 1, kErrors = 2, kNeedsRecovery = 4, k64Bit = 0x80;
  const auto kib = [](unsigned exponent) { return std::uint64_t{1024} << (exponent & 15U); };
  if (field(head, kExt + 56, 2) != "\x53\xef" || field(head, kExt, 1024).empty()) return {};
  const unsigned state = little_endian(field(head, kExt + 58, 2));
  const unsigned incompatible = little_endian(field(head, kExt + 96, 4));
  // s_blocks_count_hi counts only with the feature 64bit.
  const std::uint64_t high =
      (incompatible & k64Bit) != 0 ? little_endian(field(head, kExt + 336, 4)) : 0;
  const std::uint64_t blocks = high << 32U | little_endian(field(head, kExt + 4, 4));
  return Superblock{
      .type = "ext4",
      .label = text(field(head, kExt + 120, 16)),
      .uuid = uuid(field(head, kExt + 104, 16)),
      .clean = (state & (kValid | kErrors)) == kValid && (incompatible & kNeedsRecovery) == 0,
      .written = little_endian(field(head, kExt + 48, 4)),
      .size = blocks * kib(little_endian(field(head, kExt + 24, 4)))};
}

std::optional<Superblock> erofs(std::string_view head) {
  if (field(head, kErofs, 4) != "\xe2\xe1\xf5\xe0" || field(head, kErofs, 128).empty()) return {};
  const std::uint64_t blocks = little_endian(field(head, kErofs + 36, 4));
  const unsigned block_bits = little_endian(field(head, kErofs + 12, 1));
  return Superblock{.type = "erofs",
                    .label = text(field(head, kErofs + 64, 16)),
                    .uuid = uuid(field(head, kErofs + 48, 16)),
                    .size = blocks << (block_bits & 31U)};
}

std::optional<Superblock> iso9660(std::string_view head) {
  constexpr std::size_t kDateSize = 16;
  if (field(head, kIso, 6) !=
          "\x01"
          "CD001" ||
      field(head, kIso, 2048).empty())
    return {};
  // blkid's UUID: the modification date, or the creation date, as YYYY-MM-DD-hh-mm-ss-cc.
  std::string date(field(head, kIso + 830, kDateSize));
  if (date.find_first_not_of('0') == std::string::npos || date[0] == '\0')
    date = field(head, kIso + 813, kDateSize);
  for (const std::size_t dash : {4U, 7U, 10U, 13U, 16U, 19U}) date.insert(dash, "-");
  return Superblock{"iso9660", text(field(head, kIso + 40, 32)), date};
}

// The label of the boot sector, which every mkfs writes; the one in the root directory is not read.
std::optional<Superblock> vfat(std::string_view head) {
  struct Kind {
    std::string_view name;
    std::size_t name_offset, label_offset, serial_offset;
  };
  constexpr auto kKinds = std::to_array<Kind>(
      {{"FAT32   ", 82, 71, 67}, {"FAT16   ", 54, 43, 39}, {"FAT12   ", 54, 43, 39}});
  if (field(head, 510, 2) != "\x55\xaa") return {};
  for (const auto& kind : kKinds) {
    if (field(head, kind.name_offset, 8) != kind.name) continue;
    const std::string_view serial = field(head, kind.serial_offset, 4);
    const std::array<char, 4> reversed = {serial[3], serial[2], serial[1], serial[0]};
    std::string id = hex({reversed.data(), reversed.size()}, "0123456789ABCDEF");
    id.insert(4, "-");
    std::string label = text(field(head, kind.label_offset, 11));
    if (label == "NO NAME") label.clear();
    return Superblock{"vfat", label, id};
  }
  return {};
}

}  // namespace

std::optional<Superblock> identify(std::string_view head) {
  // iso9660 first: a hybrid medium also begins with a boot sector.
  for (const auto probe : {iso9660, ext4, erofs, vfat})
    if (auto found = probe(head)) return found;
  return {};
}

}  // namespace ros::sys
