// Device nodes: what stat(2) says about a path below /dev.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/result.h"

namespace ros::sys {

struct DeviceNode {
  bool block = false;  // else a character device
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  mode_t mode = 0;  // permission bits
  uid_t uid = 0;
  gid_t gid = 0;
  friend bool operator==(const DeviceNode&, const DeviceNode&) = default;
};

// Follows symbolic links; an error (ENODEV) for what is no device.
[[nodiscard]] Result<DeviceNode> read_device_node(const std::string& path);

}  // namespace ros::sys
