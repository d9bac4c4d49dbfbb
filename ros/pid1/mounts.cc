#include "pid1/mounts.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "base/text.h"

namespace ros::pid1 {
namespace {

constexpr auto kBaseMounts = std::to_array<MountEntry>({
    {"devtmpfs", "/dev", "devtmpfs", "nosuid,mode=0755"},
    {"proc", "/proc", "proc", "nosuid,nodev,noexec"},
    {"sysfs", "/sys", "sysfs", "nosuid,nodev,noexec"},
    {"tmpfs", "/run", "tmpfs", "nosuid,nodev,mode=0755"},
});

constexpr auto kSystemMounts = std::to_array<MountEntry>({
    {"tmpfs", "/tmp", "tmpfs", "nosuid,nodev,mode=1777"},
    {"tmpfs", "/var", "tmpfs", "nosuid,nodev,mode=0755"},
    {"devpts", "/dev/pts", "devpts", "nosuid,noexec,gid=5,mode=0620,ptmxmode=0666"},
    {"tmpfs", "/dev/shm", "tmpfs", "nosuid,nodev,mode=1777"},
    {"mqueue", "/dev/mqueue", "mqueue", "nosuid,nodev,noexec"},
    {"cgroup2", "/sys/fs/cgroup", "cgroup2", "nosuid,nodev,noexec,nsdelegate,memory_recursiveprot"},
    {"securityfs", "/sys/kernel/security", "securityfs", "nosuid,nodev,noexec"},
    {"bpf", "/sys/fs/bpf", "bpf", "nosuid,nodev,noexec,mode=0700"},
    {"tracefs", "/sys/kernel/tracing", "tracefs", "nosuid,nodev,noexec,mode=0700"},
    {"", "/", "", "rshared"},
});

bool is_mounted(const std::vector<sys::MountPoint>& mounted, const MountEntry& entry) {
  return std::ranges::any_of(mounted, [&](const sys::MountPoint& point) {
    return point.target == entry.target && point.type == entry.type;
  });
}

}  // namespace

std::span<const MountEntry> base_mounts() {
  return kBaseMounts;
}

std::span<const MountEntry> system_mounts() {
  return kSystemMounts;
}

void mount_all(std::span<const MountEntry> table, sys::Mounter& mounter, const sys::Files& files) {
  const auto mounted = sys::mounts_below(files.read("/proc/self/mountinfo").value_or(""), "/");
  for (const auto& entry : table) {
    if (is_mounted(mounted, entry)) continue;
    if (const auto made = files.make_directories(entry.target); !made)
      log(LogLevel::kError, made.error().message);
    const auto result =
        mounter.mount({entry.source, entry.target, entry.type, split(entry.options, ',')});
    if (!result) log(LogLevel::kError, result.error().message);
  }
}

}  // namespace ros::pid1
