// Where stage 1 finds the system image, and how it becomes a mounted tree.
#pragma once

#include <string>

#include "base/result.h"
#include "pid1/options.h"
#include "sys/files.h"
#include "sys/mount.h"

namespace ros::pid1 {

inline constexpr auto kImageInInitramfs = "/system.erofs";
inline constexpr auto kImageOnMedium = "/roster/system.erofs";
inline constexpr auto kMedium = "/run/ros/medium";  // file system that holds the image as a file

// Mounts the system image read-only on `target`: the file of the initramfs when there is one, else
// from the device of rancher.system.dev=, for which it waits. A device holds either the image
// itself or a file system (iso9660, ext4, vfat) with the image as a file.
[[nodiscard]] Result<void> mount_system_image(const BootOptions& options, const std::string& target,
                                              sys::Mounter& mounter, const sys::Files& files);

}  // namespace ros::pid1
