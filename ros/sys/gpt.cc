#include "sys/gpt.h"

#include <array>
#include <cstdint>

namespace ros::sys {
namespace {

constexpr std::size_t kEntrySize = 128;  // at least

// 0 when the text is too short.
std::uint64_t number_at(std::string_view head, std::size_t offset, std::size_t size) {
  if (offset + size > head.size()) return 0;
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;)
    value = value << 8U | static_cast<unsigned char>(head[offset + i]);
  return value;
}

// The first three groups are little-endian numbers, the rest is a row of bytes (RFC 4122 calls
// such a UUID a Microsoft GUID).
std::string guid(std::string_view bytes) {
  constexpr auto kOrder =
      std::to_array<std::size_t>({3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15});
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string result;
  for (const std::size_t index : kOrder) {
    const auto byte = static_cast<unsigned char>(bytes[index]);
    result += kDigits[byte >> 4U];
    result += kDigits[byte & 15U];
  }
  for (const std::size_t dash : {8U, 13U, 18U, 23U}) result.insert(dash, "-");
  return result;
}

}  // namespace

std::string gpt_partition_uuid(std::string_view head, std::size_t block, unsigned number) {
  if (block == 0 || block >= head.size() || head.substr(block, 8) != "EFI PART") return "";
  const std::uint64_t first = number_at(head, block + 72, 8);
  const std::uint64_t count = number_at(head, block + 80, 4);
  const std::uint64_t size = number_at(head, block + 84, 4);
  if (number == 0 || number > count || size < kEntrySize || size > head.size()) return "";
  // All factors are below the size of `head`, so that nothing overflows.
  if (first > head.size() || number > head.size()) return "";
  const std::uint64_t offset = first * block + (number - 1) * size;
  if (offset + kEntrySize > head.size()) return "";
  const std::string_view entry = head.substr(offset, kEntrySize);
  const bool unused = entry.substr(0, 16).find_first_not_of('\0') == std::string_view::npos;
  return unused ? "" : guid(entry.substr(16, 16));
}

}  // namespace ros::sys
