#include "host/state.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "host/clock.h"
#include "host/problems.h"
#include "host/state_report.h"
#include "sys/block.h"
#include "sys/block_wait.h"
#include "sys/process.h"
#include "sys/space.h"

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
  return fail("'" + device + "' needs a repair by hand (e2fsck " + device +
              "): e2fsck ended with " + finished->status.describe());
}

Result<void> check_layout(const std::string& target, const sys::Files& files) {
  const std::string path = target + kLayoutFile;
  const auto text = files.read(path);
  if (!text && text.error().code == ENOENT) {
    const auto written = files.write_atomic(path, std::to_string(kLayoutVersion) + "\n");
    // A full one is still the user's: its version is written another time.
    return !written && written.error().code == ENOSPC ? Result<void>() : written;
  }
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

// A damage that its superblock does not tell of shows when it is mounted.
Result<void> check_and_mount(const sys::Mount& mount, bool clean, const sys::Files& files,
                             sys::Mounter& mounter) {
  const bool checks = mount.type == "ext4";
  if (checks && !clean)
    if (auto checked = check_file_system(mount.source, files); !checked) return checked;
  auto mounted = mounter.mount(mount);
  const int code = mounted ? 0 : mounted.error().code;
  if (!checks || !clean || (code != EUCLEAN && code != EINVAL && code != EIO)) return mounted;
  log(LogLevel::kWarning, "state: " + mounted.error().message);
  if (auto checked = check_file_system(mount.source, files); !checked) return checked;
  return mounter.mount(mount);
}

Result<void> enter_directory(const std::string& directory, const std::string& target,
                             const sys::Files& files, sys::Mounter& mounter) {
  if (directory.empty()) return {};
  const std::string path = target + "/" + directory;
  if (path.contains("/../") || path.ends_with("/.."))
    return fail("state directory '" + directory + "': expected a path below the device's root");
  if (auto made = files.make_directories(path); !made) return made;
  return mounter.mount({path, target, "", {"bind"}});
}

bool is_read_only(const std::string& device, const sys::Files& files) {
  const auto name = device.substr(device.find_last_of('/') + 1);
  return trim(files.read("/sys/class/block/" + name + "/ro").value_or("")) == "1";
}

// Whatever its superblock says: a file system with an error in it must not be written to until it
// has been checked.
std::vector<std::string> mount_options(const std::string& type) {
  if (type != "ext4") return {"noatime"};
  return {"noatime", "errors=remount-ro"};
}

Result<void> mount_device(const plan::MountState& action, const std::string& device,
                          const sys::Files& files, sys::Mounter& mounter, sys::Machine& machine) {
  const auto found = sys::probe(files, device);
  const std::string type = action.fstype != "auto" && !action.fstype.empty() ? action.fstype
                           : found                                           ? found->type
                                                                             : "";
  if (type.empty()) return fail("'" + device + "' holds no file system that is known");
  if (is_read_only(device, files)) return fail("'" + device + "' can only be read");
  auto done = check_and_mount({device, action.target, type, mount_options(type)},
                              !found || found->clean, files, mounter);
  if (!done) return done;
  auto usable = enter_directory(action.directory, action.target, files, mounter);
  if (usable) usable = check_layout(action.target, files);
  if (!usable) {
    // The directory's mount lies over the device's.
    for (int mounts = action.directory.empty() ? 1 : 2; mounts > 0; --mounts)
      if (const auto undone = mounter.unmount(action.target, true); !undone)
        log(LogLevel::kError, undone.error().message);
    return usable;
  }
  if (found) set_clock_after(*found, machine);
  return {};
}

// What the user has configured, from a state that can only be read: into the one in memory, so that
// the machine can be reached as usual.
Result<void> save_configuration(const plan::MountState& action, const std::string& device,
                                const sys::Files& files, sys::Mounter& mounter) {
  constexpr auto kReadOnly = "/run/ros/state";
  constexpr auto kConfiguration = "/var/lib/rancher/conf";
  const auto content = sys::probe(files, device);
  if (!content) return fail("'" + device + "' can't be read");
  (void)mounter.unmount(kReadOnly, true);  // a manager that was killed has left it
  if (auto made = files.make_directories(kReadOnly, 0700); !made) return made;
  const std::string from = std::string(kReadOnly) + "/" + action.directory + kConfiguration;
  const std::string to = action.target + kConfiguration;
  std::vector<std::string> options = {"ro"};
  if (content->type == "ext4") options.emplace_back("noload");  // no journal to be written back
  if (auto done = mounter.mount({device, kReadOnly, content->type, options}); !done) return done;
  Problems problems;
  for (const std::string directory : {"", "/cloud-config.d"}) {
    problems.add(files.make_directories(to + directory, 0700));
    for (const auto& name : files.list(from + directory).value_or(std::vector<std::string>{})) {
      const auto text = files.read(from + directory + "/" + name);
      if (text) problems.add(files.write_atomic(to + directory + "/" + name, *text, 0600));
    }
  }
  problems.add(mounter.unmount(kReadOnly, true));
  return problems.result();
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
  const auto device = sys::find_block_device(files, action.device);
  if (device) {
    const auto mounted = mount_device(action, *device, files, mounter, machine);
    if (mounted) return {};
    problems.add(mounted);
  } else if (action.required) {
    problems.add(Error{ENODEV, "'" + action.device + "' is not there, but required"});
  }
  log(LogLevel::kNotice, "state: in memory, lost at power-off");
  problems.add(mounter.mount({"tmpfs", action.target, "tmpfs", {"mode=0755", "size=75%"}}));
  if (device)
    if (const auto saved = save_configuration(action, *device, files, mounter); !saved)
      log(LogLevel::kWarning, "state: its configuration: " + saved.error().message);
  return problems.result();
}

Result<void> bind_user_paths(const plan::BindUserPaths& action, const sys::Files& files,
                             sys::Mounter& mounter) {
  Problems problems;
  const auto space = sys::space_of(files, action.state);
  if (space && space->free < kLeastFree) problems.add(Error{ENOSPC, "the state is full"});
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
