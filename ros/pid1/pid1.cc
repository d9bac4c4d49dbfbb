#include "pid1/pid1.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include "pid1/stage1.h"
#include "pid1/stage2.h"

namespace ros::pid1 {
namespace {

bool root_is_initramfs() {
  struct statfs status{};
  if (statfs("/", &status) != 0) return false;
  const auto type = static_cast<unsigned long>(status.f_type);
  return type == RAMFS_MAGIC || type == TMPFS_MAGIC;
}

}  // namespace

void main() {
  if (root_is_initramfs()) stage1();
  stage2();
}

}  // namespace ros::pid1
