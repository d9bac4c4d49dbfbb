// The partition table of the UEFI specification (chapter 5.3), as far as it names partitions: the
// kernel's uevents tell their labels, but not their UUIDs. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ros::sys {

inline constexpr std::size_t kGptHead = 32768;  // bytes of a disk that hold header and entries

// The PARTUUID of partition `number` (from 1), as blkid prints it; "" when the table is no GPT or
// has no such partition. `head`: the first kGptHead bytes of the disk; `block`: its logical block
// size in bytes.
[[nodiscard]] std::string gpt_partition_uuid(std::string_view head, std::size_t block,
                                             unsigned number);

}  // namespace ros::sys
