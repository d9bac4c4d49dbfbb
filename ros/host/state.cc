#include "host/state.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "host/clock.h"
#include "host/problems.h"
#include "sys/block.h"
#include "sys/block_wait.h"
#include "sys/process.h"

namespace ros::host {
namespace {

constexpr auto kFsck = "/sbin/e2fsck";
constexpr sys::Millis kFsckLimit{30 * 60'000};  // a large damaged disk takes its time
constexpr sys::Millis kUsbQuiet{1'500};         // between two devices of one hub
constexpr auto kUsbDevices = "/sys/bus/usb/devices";

bool is_mounted(const sys::Files& files, const std::string& target) {
  const auto mounts = sys::mounts_below(files.read("/proc/self/mountinfo").value_or(""), target);
  return std::ranges::find(mounts, target, &sys::MountPoint::target) != mounts.end();
}

// e2fsck -p: repairs what is safe to repair. Exit codes 1 and 2 mean that it did.
Result<void> check_file_system(const std::string& device, const sys::Files& files) {
  if (!files.exists(kFsck)) return {};
  log(LogLevel::kNotice, "state: checking '" + device + "'");
  const auto finished =
      sys::run({.argv = {kFsck, "-p", device}, .environment = {}, .cgroup = {}}, kFsckLimit);
  if (!finished) return std::unexpected(finished.error());
  log(LogLevel::kInfo, "state: " + std::string(trim(finished->output)));
  if (finished->status.signal == 0 && finished->status.code < 4) return {};
  return fail("'" + device + "' needs a repair by hand, e2fsck ended with " +
              finished->status.describe());
}

Result<void> check_layout(const std::string& target, const sys::Files& files) {
  const std::string path = target + kLayoutFile;
  const auto text = files.read(path);
  if (!text && text.error().code == ENOENT)
    return files.write_atomic(path, std::to_string(kLayoutVersion) + "\n");
  if (!text) return std::unexpected(text.error());
  const auto version = parse_int(trim(*text));
  if (!version) return context("'" + path + "'", version.error());
  if (*version > kLayoutVersion)
    return fail("the state has layout " + std::to_string(*version) +
                ", this system knows layouts up to " + std::to_string(kLayoutVersion));
  return {};
}

void set_clock_after(const sys::Superblock& superblock, sys::Machine& machine) {
  const std::chrono::system_clock::time_point written{std::chrono::seconds(superblock.written)};
  if (const auto set = set_clock_forward(written, "the last write to the state", machine); !set)
    log(LogLevel::kWarning, set.error().message);
}

Result<void> mount_device(const plan::MountState& action, const std::string& device,
                          const sys::Files& files, sys::Mounter& mounter, sys::Machine& machine) {
  const auto found = sys::probe(files, device);
  const std::string type = action.fstype != "auto" && !action.fstype.empty() ? action.fstype
                           : found                                           ? found->type
                                                                             : "";
  if (type.empty()) return fail("'" + device + "' holds no file system that is known");
  if (found && type == "ext4" && !found->clean)
    if (auto checked = check_file_system(device, files); !checked) return checked;
  if (auto done = mounter.mount({device, action.target, type, {"noatime"}}); !done) return done;
  if (auto layout = check_layout(action.target, files); !layout) {
    if (const auto undone = mounter.unmount(action.target, true); !undone)
      log(LogLevel::kError, undone.error().message);
    return layout;
  }
  if (found) set_clock_after(*found, machine);
  return {};
}

}  // namespace

Result<void> wait_device(const plan::WaitDevice& action, const sys::Files& files) {
  sys::BlockWait wait{.limit = action.limit};
  if (action.grace) {
    const bool usb = !files.list(kUsbDevices).value_or(std::vector<std::string>{}).empty();
    wait.quiet = kUsbQuiet;
    if (!usb) wait.limit = sys::Millis(0);
  }
  const auto found = sys::wait_for_block_device(files, action.device, wait);
  if (!found) return std::unexpected(found.error());
  if (*found || action.grace) return {};
  return fail("'" + action.device + "': no such device after " +
              std::to_string(action.limit.count()) + " s");
}

Result<void> mount_state(const plan::MountState& action, const sys::Files& files,
                         sys::Mounter& mounter, sys::Machine& machine) {
  if (is_mounted(files, action.target)) return {};
  Problems problems;
  if (!action.device.empty()) {
    if (const auto device = sys::find_block_device(files, action.device)) {
      const auto mounted = mount_device(action, *device, files, mounter, machine);
      if (mounted) return {};
      problems.add(mounted);
    } else if (action.required) {
      problems.add(Error{ENODEV, "'" + action.device + "' is not there, but required"});
    }
  }
  log(LogLevel::kNotice, "state: in memory, lost at power-off");
  problems.add(mounter.mount({"tmpfs", action.target, "tmpfs", {"mode=0755", "size=75%"}}));
  return problems.result();
}

Result<void> bind_user_paths(const plan::BindUserPaths& action, const sys::Files& files,
                             sys::Mounter& mounter) {
  Problems problems;
  for (const auto& directory : action.paths) {
    if (is_mounted(files, directory.path)) continue;
    auto source = directory;
    source.path = action.state + directory.path;
    const auto made = make_directories({source, directory}, files);
    problems.add(made);
    if (!made) continue;
    // Private first: as a peer of the state's own mount, every mount below would appear twice.
    problems.add(mounter.mount({source.path, directory.path, "", {"bind", "private", "shared"}}));
  }
  return problems.result();
}

Result<void> make_directories(const std::vector<plan::Directory>& directories,
                              const sys::Files& files) {
  Problems problems;
  for (const auto& directory : directories) {
    if (files.exists(directory.path)) continue;
    const auto slash = directory.path.find_last_of('/');
    auto made =
        slash > 0 ? files.make_directories(directory.path.substr(0, slash)) : Result<void>();
    if (made) made = files.make_directories(directory.path, directory.mode);
    if (made && (directory.uid != 0 || directory.gid != 0))
      made = files.chown(directory.path, directory.uid, directory.gid);
    problems.add(made);
  }
  return problems.result();
}

}  // namespace ros::host
