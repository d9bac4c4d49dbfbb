#include "pid1/pid1.h"

#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <array>
#include <string_view>

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

// Process 1 of a container has a process namespace that is not the kernel's first one, whose number
// is fixed (PROC_PID_INIT_INO, include/linux/proc_ns.h). Before stage 1 there is no /proc at all.
bool in_container() {
  constexpr std::string_view kMachine = "pid:[4026531836]";
  std::array<char, 64> name{};
  const ssize_t size = readlink("/proc/self/ns/pid", name.data(), name.size());
  return size > 0 && std::string_view(name.data(), static_cast<std::size_t>(size)) != kMachine;
}

}  // namespace

// Process 1 is told by its number: the kernel passes it arguments that are none of ours. The
// section is a mark for the test of the order.
[[gnu::section("process_one")]] void become_process_one() {
  if (getpid() != 1 || in_container()) return;
  if (root_is_initramfs()) stage1();
  stage2();
}

}  // namespace ros::pid1
