// The mounts process 1 makes, as tables: before and after the system image is the root.
#pragma once

#include <span>

#include "sys/files.h"
#include "sys/mount.h"

namespace ros::pid1 {

// Comma separated options as in fstab(5).
struct MountEntry {
  const char* source;
  const char* target;
  const char* type;
  const char* options;
};

// /dev, /proc, /sys, /run: made by stage 1 and moved along into the system image.
[[nodiscard]] std::span<const MountEntry> base_mounts();

// What stage 2 adds, and at last everything shared with later mount namespaces.
[[nodiscard]] std::span<const MountEntry> system_mounts();

// Makes the target directories that are missing, skips what is mounted already. A failure is
// logged and does not keep the others from being mounted.
void mount_all(std::span<const MountEntry> table, sys::Mounter& mounter, const sys::Files& files);

}  // namespace ros::pid1
