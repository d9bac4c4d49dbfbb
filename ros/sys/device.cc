#include "sys/device.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace ros::sys {

Result<DeviceNode> read_device_node(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return fail_errno("device '" + path + "'");
  const bool block = S_ISBLK(status.st_mode);
  if (!block && !S_ISCHR(status.st_mode)) return fail_errno("device '" + path + "'", ENODEV);
  return DeviceNode{
      block,         major(status.st_rdev), minor(status.st_rdev), status.st_mode & 07777U,
      status.st_uid, status.st_gid};
}

}  // namespace ros::sys
