#include "host/kernel_settings.h"

#include <algorithm>

#include "host/problems.h"

namespace ros::host {
namespace {

constexpr auto kSysctls = "/proc/sys/";
constexpr auto kCgroups = "/sys/fs/cgroup";

}  // namespace

std::string sysctl_path(std::string name) {
  for (char& c : name) c = c == '.' ? '/' : c == '/' ? '.' : c;
  return kSysctls + name;
}

Result<void> set_sysctls(const plan::SetSysctls& action, const sys::Files& files) {
  Problems problems;
  for (const auto& [name, value] : action.values) {
    const std::string path = sysctl_path(name);
    if (path.find("/../") != std::string::npos)
      problems.add(Error{EINVAL, "sysctl '" + name + "': not a name"});
    else if (const auto set = files.write_value(path, value); !set)
      problems.add(Error{set.error().code, "sysctl '" + name + "': " + set.error().message});
  }
  return problems.result();
}

Result<void> set_cgroups(const plan::SetCgroups& action, const sys::Files& files) {
  Problems problems;
  for (const auto& cgroup : action.cgroups) {
    const std::string directory = kCgroups + cgroup.path;
    problems.add(files.make_directories(directory));
    for (const auto& [file, value] : cgroup.settings)
      problems.add(files.write_value(directory + "/" + file, value));
  }
  return problems.result();
}

}  // namespace ros::host
