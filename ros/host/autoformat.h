// Makes the state's file system on a disk that is certainly empty.
#pragma once

#include <functional>
#include <string_view>

#include "plan/plan.h"
#include "sys/files.h"

namespace ros::host {

inline constexpr std::size_t kEmptyHead = std::size_t{1} << 20U;  // bytes that must be zero
inline constexpr std::string_view kFormatMe = "boot2docker, please format-me";

// `head`: the first kEmptyHead bytes of a disk. Nothing but zeros, or the words that ask for it; a
// smaller disk never.
[[nodiscard]] bool may_format(std::string_view head);

// Makes an ext4 file system named `label` on `device`.
using Format = std::function<Result<void>(const std::string& device, const std::string& label)>;
[[nodiscard]] Result<void> make_ext4(const std::string& device, const std::string& label);

// Nothing happens when the state is there. Disks that are not there or not empty are passed over,
// with a line in the log.
[[nodiscard]] Result<void> autoformat(const plan::Autoformat& action, const sys::Files& files,
                                      const Format& format);

}  // namespace ros::host
