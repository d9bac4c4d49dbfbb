#include "pid1/pid1.h"

#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

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

// Process 1 is told by its number: the kernel passes it arguments that are none of ours. The
// section is a mark for the test of the order.
[[gnu::section("process_one")]] void become_process_one() {
  if (getpid() != 1) return;
  if (root_is_initramfs()) stage1();
  stage2();
}

}  // namespace ros::pid1
