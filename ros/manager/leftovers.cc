#include "manager/leftovers.h"

#include <algorithm>
#include <csignal>

#include "base/log.h"
#include "base/text.h"
#include "containerd/client.h"

namespace ros::manager {
namespace {

constexpr auto kProcesses = "/sys/fs/cgroup/init/cgroup.procs";
constexpr std::string_view kShim = "/containerd-shim-runc-v2";
constexpr auto kCgroups = "/sys/fs/cgroup";
constexpr auto kBundles = "/run/system-containerd/io.containerd.runtime.v2.task/";

bool is_shim(const std::vector<std::string>& arguments) {
  return !arguments.empty() && arguments.front().ends_with(kShim);
}

// "-id VALUE" among the arguments.
bool has(const std::vector<std::string>& arguments, std::string_view option,
         std::string_view value) {
  const auto found = std::ranges::find(arguments, option);
  return found != arguments.end() && found + 1 != arguments.end() && found[1] == value;
}

}  // namespace

std::string cgroup_of(std::string_view id) {
  return "/system/" + std::string(id);
}

void end_processes(const sys::Files& files, std::string_view id) {
  (void)files.write_value(kCgroups + cgroup_of(id) + "/cgroup.kill", "1");
}

Result<void> remove_cgroup(const sys::Files& files, std::string_view id) {
  return files.remove(kCgroups + cgroup_of(id));
}

std::vector<pid_t> shims_of(const sys::Files& files, std::string_view id) {
  std::vector<pid_t> shims;
  for (const auto& line : split_words(files.read(kProcesses).value_or(""))) {
    const auto pid = parse_int(line);
    if (!pid) continue;
    const auto arguments = split(files.read("/proc/" + line + "/cmdline").value_or(""), '\0');
    if (is_shim(arguments) && has(arguments, "-id", id) &&
        has(arguments, "-namespace", containerd::kNamespace))
      shims.push_back(static_cast<pid_t>(*pid));
  }
  return shims;
}

void end_lost_shims(const sys::Files& files, std::string_view id) {
  for (const auto pid : shims_of(files, id)) {
    log(LogLevel::kWarning, "containerd lost the shim of " + std::string(id) + ": it is ended");
    kill(pid, SIGKILL);
  }
}

Result<void> remove_bundle(const sys::Files& files, sys::Mounter& mounter, std::string_view id) {
  const std::string bundle = std::string(kBundles) + containerd::kNamespace + "/" + std::string(id);
  const std::string root = bundle + "/rootfs";
  if (files.exists(root)) (void)mounter.unmount(files.real(root), true);
  // An empty directory only: a root that is still mounted keeps what is in it.
  if (auto removed = files.remove(root); !removed) return removed;
  return files.remove_all(bundle);
}

}  // namespace ros::manager
