#include "manager/leftovers.h"

#include <algorithm>
#include <csignal>

#include "base/log.h"
#include "base/text.h"
#include "containerd/client.h"
#include "supervise/action.h"

namespace ros::manager {
namespace {

constexpr auto kProcesses = "/sys/fs/cgroup/init/cgroup.procs";
constexpr std::string_view kShim = "/containerd-shim-runc-v2";
constexpr auto kCgroups = "/sys/fs/cgroup";
constexpr auto kBundles = "/run/system-containerd/io.containerd.runtime.v2.task/";

bool is_shim(const std::vector<std::string>& arguments) {
  return !arguments.empty() && arguments.front().ends_with(kShim);
}

// What follows `option` among the arguments; "" if nothing does.
std::string value_of(const std::vector<std::string>& arguments, std::string_view option) {
  const auto found = std::ranges::find(arguments, option);
  return found != arguments.end() && found + 1 != arguments.end() ? found[1] : "";
}

// The parents of all processes but zombies, from /proc/PID/stat: "PID (NAME) STATE PARENT ...".
std::set<std::string> parents(const sys::Files& files) {
  std::set<std::string> found;
  for (const auto& name : files.list("/proc").value_or(std::vector<std::string>{})) {
    if (!parse_int(name)) continue;
    const auto stat = files.read("/proc/" + name + "/stat").value_or("");
    const auto fields = split_words(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
    if (fields.size() > 1 && fields[0] != "Z") found.insert(fields[1]);
  }
  return found;
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

std::vector<Shim> shims(const sys::Files& files) {
  std::vector<Shim> found;
  for (const auto& line : split_words(files.read(kProcesses).value_or(""))) {
    const auto pid = parse_int(line);
    if (!pid) continue;
    const auto arguments = split(files.read("/proc/" + line + "/cmdline").value_or(""), '\0');
    if (is_shim(arguments) && value_of(arguments, "-namespace") == containerd::kNamespace)
      found.push_back({static_cast<pid_t>(*pid), value_of(arguments, "-id")});
  }
  return found;
}

std::vector<Shim> idle_shims(const sys::Files& files, const std::set<std::string>& services) {
  auto found = shims(files);
  std::erase_if(found, [&](const Shim& shim) {
    const auto id = supervise::Id::parse(shim.id);
    return !id || !services.contains(id->service);
  });
  if (found.empty()) return found;
  const auto busy = parents(files);
  std::erase_if(found, [&](const Shim& shim) { return busy.contains(std::to_string(shim.pid)); });
  return found;
}

void end_lost(const std::vector<Shim>& shims) {
  for (const auto& shim : shims) {
    log(LogLevel::kWarning, "containerd lost the shim of " + shim.id + ": it is ended");
    kill(shim.pid, SIGKILL);
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
