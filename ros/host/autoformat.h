// Makes the state's file system on a disk that is certainly empty, when there is certainly no
// state.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

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

// The arguments of mke2fs(8) for an ext4 file system named `label` on `device`.
[[nodiscard]] std::vector<std::string> format_command(const std::string& device,
                                                      const std::string& label);

// What takes its time, so that tests do it themselves.
struct AutoformatTools {
  std::function<Result<void>(const std::string& device, const std::string& label)> format;
  std::function<Result<void>(const plan::Autoformat&, const sys::Files&)> wait;
};
[[nodiscard]] Result<void> make_ext4(const std::string& device, const std::string& label);
// Until the state is there or the wait is over; an error when devices can't be waited for.
[[nodiscard]] Result<void> wait_for_state(const plan::Autoformat& action, const sys::Files& files);

// Nothing happens when the state is there. Disks that are not there or not empty are passed over,
// with a line in the log. The wait comes only when there is a disk to be formatted. An error, and
// nothing is formatted, when the state may be on what can't be read: one of the disks, or a
// partition that was made for it.
[[nodiscard]] Result<void> autoformat(const plan::Autoformat& action, const sys::Files& files,
                                      const AutoformatTools& tools);

}  // namespace ros::host
