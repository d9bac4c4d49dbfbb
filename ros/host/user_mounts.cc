#include "host/user_mounts.h"

#include <algorithm>

#include "base/text.h"
#include "host/problems.h"
#include "sys/block.h"
#include "sys/process.h"

namespace ros::host {
namespace {

constexpr sys::Millis kSwapLimit{10'000};

bool is_mounted(const sys::Files& files, const std::string& target) {
  const auto mounts = sys::mounts_below(files.read("/proc/self/mountinfo").value_or(""), target);
  return std::ranges::find(mounts, target, &sys::MountPoint::target) != mounts.end();
}

Result<void> swap_on(const std::string& device) {
  const auto finished =
      sys::run({.argv = {"/sbin/swapon", device}, .environment = {"PATH=/sbin:/bin"}, .cgroup = {}},
               kSwapLimit);
  if (!finished) return std::unexpected(finished.error());
  if (finished->status.ok()) return {};
  return fail("swapon '" + device + "': " + std::string(trim(finished->output)));
}

// A name by which no device is looked for stands for itself: "tmpfs", a directory to bind.
Result<std::string> source_of(const config::UserMount& mount, const sys::Files& files) {
  if (!sys::is_device_spec(mount.device)) return mount.device;
  const auto device = sys::find_block_device(files, mount.device);
  if (device) return *device;
  return fail_errno("'" + mount.device + "'", ENODEV);
}

Result<void> mount_one(const config::UserMount& wanted, const sys::Files& files,
                       sys::Mounter& mounter) {
  const auto source = source_of(wanted, files);
  if (!source) return std::unexpected(source.error());
  if (wanted.type == "swap") return swap_on(*source);
  if (is_mounted(files, wanted.directory)) return {};
  auto options = split(wanted.options, ',');
  const auto is_bind = [](const auto& option) { return option == "bind" || option == "rbind"; };
  const bool bind = std::ranges::any_of(options, is_bind);
  std::string type = bind || wanted.type == "auto" ? "" : wanted.type;
  if (!bind && type.empty()) {
    const auto content = sys::probe(files, *source);
    if (!content)
      return fail("'" + *source + "' holds no file system that is known: give its type");
    type = content->type;
  }
  if (auto made = files.make_directories(wanted.directory); !made) return made;
  return mounter.mount({*source, wanted.directory, type, options});
}

}  // namespace

Result<void> mount_all(const plan::MountAll& action, const sys::Files& files,
                       sys::Mounter& mounter) {
  Problems problems;
  for (const auto& mount : action.mounts) problems.add(mount_one(mount, files, mounter));
  return problems.result();
}

}  // namespace ros::host
