#include "sys/space.h"

#include <sys/statvfs.h>

namespace ros::sys {

Result<Space> space_of(const Files& files, const std::string& path) {
  struct statvfs status{};
  if (statvfs(files.real(path).c_str(), &status) != 0) return fail_errno("'" + path + "'");
  return Space{status.f_blocks * status.f_frsize, status.f_bavail * status.f_frsize};
}

}  // namespace ros::sys
