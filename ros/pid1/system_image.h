// Where stage 1 finds the system image, and how it becomes a mounted tree.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "pid1/options.h"
#include "sys/files.h"
#include "sys/mount.h"

namespace ros::pid1 {

inline constexpr auto kImageInInitramfs = "/system.erofs";
inline constexpr auto kImageOnMedium = "/roster/system.erofs";
inline constexpr auto kFirmwareInInitramfs = "/firmware.erofs";
inline constexpr auto kFirmware = "/lib/firmware";  // where the kernel looks for it
inline constexpr auto kMedium = "/run/ros/medium";  // file system that holds the image as a file

// Tells the people at the consoles something, one line.
using Tell = std::function<void(const std::string&)>;

// Mounts the system image read-only on `target`: the file of the initramfs when there is one, else
// from the device of rancher.system.dev=, for which it waits. A device holds either the image
// itself or a file system (iso9660, ext4, vfat) with the image as a file.
//
// When several devices have the name, the first in the order of sys::list_block_devices is taken
// and all are told. A UUID is taken at its word: those of our media stand for their content.
//
// With rancher.system.toram the image is copied into the initramfs' file system first and the
// medium let go, so that it can be removed; an error when the memory is too small for that.
[[nodiscard]] Result<void> mount_system_image(const BootOptions& options, const std::string& target,
                                              sys::Mounter& mounter, const sys::Files& files,
                                              const Tell& tell);

// Mounts the firmware image that a loader put into the initramfs, if it did, at /lib/firmware of
// the system image that is mounted on `target`. A machine starts without it as well: what is wrong
// with it is told and nothing else.
void mount_firmware(const std::string& target, sys::Mounter& mounter, const sys::Files& files,
                    const Tell& tell);

}  // namespace ros::pid1
