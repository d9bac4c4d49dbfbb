// What a block device holds, told from its first bytes: the file systems this system boots from or
// keeps data on. Pure; no libblkid.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ros::sys {

inline constexpr std::size_t kSuperblockHead = 36864;  // bytes identify() looks at

struct Superblock {
  std::string type;  // "ext4", "vfat", "iso9660", "erofs": names mount(2) takes
  std::string label;
  std::string uuid;          // as blkid prints it
  bool clean = true;         // ext4: unmounted properly and without recorded errors
  std::int64_t written = 0;  // ext4: last change, seconds since 1970; 0 = not known
  std::uint64_t size = 0;    // ext4, erofs: bytes of the file system; 0 = not known
};

// `head`: the first kSuperblockHead bytes of the device, fewer when it is smaller.
[[nodiscard]] std::optional<Superblock> identify(std::string_view head);

}  // namespace ros::sys
