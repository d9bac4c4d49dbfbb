#include "host/kernel_settings.h"

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "host/problems.h"

namespace ros::host {
namespace {

constexpr auto kSysctls = "/proc/sys/";
constexpr auto kCgroups = "/sys/fs/cgroup";
constexpr auto kLockdown = "/sys/kernel/security/lockdown";

// The paths that a pattern stands for: `*` in a part is any text. One without `*` stands for
// itself.
std::vector<std::string> matching(const std::string& pattern, const sys::Files& files) {
  std::vector<std::string> found = {""};
  for (const auto& part : split(pattern.substr(1), '/')) {
    std::vector<std::string> longer;
    for (const auto& parent : found) {
      if (!part.contains('*')) {
        longer.push_back(parent + "/" + part);
        continue;
      }
      for (const auto& name : files.list(parent).value_or(std::vector<std::string>()))
        if (glob_match(part, name)) longer.push_back(parent + "/" + name);
    }
    found = std::move(longer);
  }
  return found;
}

}  // namespace

std::string sysctl_path(std::string name) {
  for (char& c : name) c = c == '.' ? '/' : c == '/' ? '.' : c;
  return kSysctls + name;
}

Result<void> set_sysctls(const plan::SetSysctls& action, const sys::Files& files) {
  Problems problems;
  for (const auto& [name, value] : action.values) {
    const std::string pattern = sysctl_path(name);
    if (pattern.find("/../") != std::string::npos) {
      problems.add(Error{EINVAL, "sysctl '" + name + "': not a name"});
      continue;
    }
    for (const auto& path : matching(pattern, files))
      if (const auto set = files.write_value(path, value); !set)
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

Result<void> lock_down(const plan::LockDown& action, const sys::Files& files) {
  // "none [integrity] confidentiality": all levels, upwards, the present one in brackets.
  const auto levels = files.read(kLockdown);
  if (!levels) return std::unexpected(levels.error());
  if (levels->find(action.level) <= levels->find('[') + 1) return {};
  return files.write_value(kLockdown, action.level);
}

}  // namespace ros::host
