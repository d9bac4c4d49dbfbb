// Loop devices: a file as a read-only block device.
#pragma once

#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace ros::sys {

struct LoopDevice {
  std::string path;  // "/dev/loop0"
  UniqueFd fd;       // holds the device until it is mounted
};

// The kernel frees the device when its last user (a mount, or `fd`) is gone.
[[nodiscard]] Result<LoopDevice> attach_loop(const std::string& file);

}  // namespace ros::sys
