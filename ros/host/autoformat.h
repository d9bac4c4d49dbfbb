// Makes the state's file system on a disk that is certainly empty.
#pragma once

#include <functional>
#include <string_view>

#include "plan/plan.h"
#include "sys/files.h"

namespace ros::host {

// Bytes that must be zero at each end of a disk. RAID sets, ZFS and the second copy of a GPT keep
// at the end what tells of them, all within this (md(4), zfsconcepts(7), UEFI 2.10 5.3.1).
inline constexpr std::size_t kEmptyEnd = std::size_t{1} << 20U;
inline constexpr std::string_view kFormatMe = "boot2docker, please format-me";

// The first and the last kEmptyEnd bytes of a disk. Nothing but zeros, or the words that ask for it
// at the beginning; a smaller disk never.
[[nodiscard]] bool may_format(std::string_view head, std::string_view tail);

// Makes an ext4 file system named `label` on `device`.
using Format = std::function<Result<void>(const std::string& device, const std::string& label)>;
[[nodiscard]] Result<void> make_ext4(const std::string& device, const std::string& label);

// Nothing happens when the state is there. Disks that are not there or not empty are passed over,
// with a line in the log.
[[nodiscard]] Result<void> autoformat(const plan::Autoformat& action, const sys::Files& files,
                                      const Format& format);

}  // namespace ros::host
