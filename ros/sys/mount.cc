#include "sys/mount.h"

#include <sys/mount.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace ros::sys {
namespace {

struct Option {
  std::string_view name;
  unsigned long set;
  unsigned long clear;
};

constexpr auto kOptions = std::to_array<Option>({
    {"ro", MS_RDONLY, 0},           {"rw", 0, MS_RDONLY},
    {"nosuid", MS_NOSUID, 0},       {"suid", 0, MS_NOSUID},
    {"nodev", MS_NODEV, 0},         {"dev", 0, MS_NODEV},
    {"noexec", MS_NOEXEC, 0},       {"exec", 0, MS_NOEXEC},
    {"sync", MS_SYNCHRONOUS, 0},    {"async", 0, MS_SYNCHRONOUS},
    {"dirsync", MS_DIRSYNC, 0},     {"noatime", MS_NOATIME, 0},
    {"atime", 0, MS_NOATIME},       {"nodiratime", MS_NODIRATIME, 0},
    {"relatime", MS_RELATIME, 0},   {"strictatime", MS_STRICTATIME, 0},
    {"lazytime", MS_LAZYTIME, 0},   {"bind", MS_BIND, 0},
    {"rbind", MS_BIND | MS_REC, 0}, {"remount", MS_REMOUNT, 0},
    {"move", MS_MOVE, 0},
});

constexpr auto kPropagation = std::to_array<Option>({
    {"shared", MS_SHARED, 0},
    {"rshared", MS_SHARED | MS_REC, 0},
    {"private", MS_PRIVATE, 0},
    {"rprivate", MS_PRIVATE | MS_REC, 0},
    {"slave", MS_SLAVE, 0},
    {"rslave", MS_SLAVE | MS_REC, 0},
    {"unbindable", MS_UNBINDABLE, 0},
    {"runbindable", MS_UNBINDABLE | MS_REC, 0},
});

constexpr auto kIgnored = std::to_array<std::string_view>(
    {"defaults", "auto", "noauto", "nofail", "user", "nouser", "users", "owner", "_netdev"});

const Option* find(const auto& table, std::string_view name) {
  const auto found = std::ranges::find(table, name, &Option::name);
  return found == table.end() ? nullptr : &*found;
}

constexpr unsigned long kPerMount = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME |
                                    MS_NODIRATIME | MS_RELATIME | MS_STRICTATIME;

// mountinfo writes blanks, tabs, newlines and backslashes as \ooo.
std::string unescape(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 3 >= text.size()) {
      result += text[i];
      continue;
    }
    int value = 0;
    for (std::size_t digit = 1; digit <= 3; ++digit) value = value * 8 + (text[i + digit] - '0');
    result += static_cast<char>(value);
    i += 3;
  }
  return result;
}

}  // namespace

MountFlags parse_mount_options(const std::vector<std::string>& options) {
  MountFlags result;
  for (const auto& option : options) {
    if (const auto* flag = find(kOptions, option)) {
      result.flags = (result.flags & ~flag->clear) | flag->set;
    } else if (const auto* propagation = find(kPropagation, option)) {
      result.propagation.push_back(propagation->set);
    } else if (std::ranges::find(kIgnored, option) == kIgnored.end() && !option.starts_with("x-") &&
               !option.empty()) {
      if (!result.data.empty()) result.data += ',';
      result.data += option;
    }
  }
  return result;
}

std::string Mount::describe() const {
  std::string text = source.empty() ? "mount" : "mount '" + source + "'";
  text += " on '" + target + "'";
  return text + " (" + (type.empty() ? join(options, ",") : type) + ")";
}

Result<void> KernelMounter::mount(const Mount& mount) {
  const auto parsed = parse_mount_options(mount.options);
  const char* const source = mount.source.empty() ? "none" : mount.source.c_str();
  const char* const target = mount.target.c_str();
  const bool changes_only = mount.type.empty() && parsed.flags == 0;
  const bool bind = (parsed.flags & MS_BIND) != 0 && (parsed.flags & MS_REMOUNT) == 0;

  if (!changes_only) {
    const auto flags = bind ? parsed.flags & (MS_BIND | MS_REC) : parsed.flags;
    const char* const data = parsed.data.empty() ? nullptr : parsed.data.c_str();
    if (::mount(source, target, mount.type.c_str(), flags, data) != 0)
      return fail_errno(mount.describe());
  }
  const auto undo = [&](int code) {
    if (!changes_only && (parsed.flags & (MS_REMOUNT | MS_MOVE)) == 0) umount2(target, MNT_DETACH);
    return fail_errno(mount.describe(), code);
  };
  if (bind && (parsed.flags & kPerMount) != 0) {
    const auto flags = MS_REMOUNT | MS_BIND | (parsed.flags & kPerMount);
    if (::mount("none", target, nullptr, flags, nullptr) != 0) return undo(errno);
  }
  for (const auto propagation : parsed.propagation)
    if (::mount("none", target, nullptr, propagation, nullptr) != 0) return undo(errno);
  return {};
}

Result<void> KernelMounter::unmount(const std::string& target, bool lazy) {
  if (umount2(target.c_str(), UMOUNT_NOFOLLOW | (lazy ? MNT_DETACH : 0)) != 0)
    return fail_errno("unmount '" + target + "'");
  return {};
}

std::vector<MountPoint> mounts_below(const std::string& mountinfo, const std::string& prefix) {
  std::vector<MountPoint> mounts;
  const std::string below = prefix.ends_with('/') ? prefix : prefix + "/";
  for (const auto& line : split(mountinfo, '\n')) {
    // id parent major:minor root target options optional... - type source super-options
    const auto fields = split(line, ' ');
    const auto dash = std::ranges::find(fields, "-");
    if (fields.size() < 5 || fields.end() - dash < 3) continue;
    const std::string target = unescape(fields[4]);
    if (target == prefix || target.starts_with(below))
      mounts.push_back({target, dash[1], unescape(dash[2])});
  }
  std::ranges::reverse(mounts);
  return mounts;
}

}  // namespace ros::sys
