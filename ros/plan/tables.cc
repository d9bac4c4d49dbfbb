#include "plan/tables.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ros::plan {
namespace {

// Files of /etc that are links to files of the host, in every service.
struct SharedFile {
  std::string_view path;
  std::string_view target;
};
constexpr auto kSharedEtc = std::to_array<SharedFile>({
    {"/etc/group", "/run/etc/group"},
    {"/etc/hostname", "/run/etc/hostname"},
    {"/etc/hosts", "/run/etc/hosts"},
    {"/etc/localtime", "/run/etc/localtime"},
    {"/etc/machine-id", "/run/etc/machine-id"},
    {"/etc/passwd", "/run/etc/passwd"},
    {"/etc/resolv.conf", kResolvConf},
    {"/etc/shadow", kShadow},
});

// Directories of the host besides the user paths that are bound into the services.
constexpr auto kSharedDirectories = std::to_array<std::string_view>({"/run", "/tmp"});

bool is_below(std::string_view path, std::string_view directory) {
  return path.size() > directory.size() && path.starts_with(directory) &&
         path[directory.size()] == '/';
}

}  // namespace

const std::vector<Directory>& user_paths() {
  static const std::vector<Directory> kPaths = {
      {"/home"},
      {"/media"},
      {"/mnt"},
      {"/opt"},
      {"/root", 0700},
      {"/srv"},
      {"/var/lib/docker", 0710},
      {"/var/lib/kubelet", 0750},
      {"/var/lib/rancher"},
      {std::string(kImageStore), 0711},
      {"/var/log"},
  };
  return kPaths;
}

const std::vector<Directory>& directories() {
  static const std::vector<Directory> kDirectories = {
      {"/home/docker", 0755, 1101, 1101},
      {"/home/rancher", 0755, 1100, 1100},
      {"/var/lib/rancher/conf", 0700},
      {"/var/lib/rancher/conf/cloud-config.d", 0700},
      {"/var/lib/rancher/conf/sshd_config.d", 0700},
      {"/var/lib/rancher/dhcpcd", 0700},
      {"/var/log/services", 0755},
      {std::string(kSshdDirectory), 0700},
      {"/run/chrony", 0750, kChronyUid, kChronyUid},
      {"/run/chrony-dhcp", 0755},
      {"/var/lib/rancher/chrony", 0750, kChronyUid, kChronyUid},
  };
  return kDirectories;
}

std::vector<Cgroup> cgroups(std::uint64_t threads) {
  // A quarter stays for those who end a container that makes processes without end.
  const auto of_users = threads == 0 ? "max" : std::to_string(threads / 4 * 3);
  // What a group protects counts only up to its parent's: /system covers its services.
  return {
      {"/init", {{"memory.min", "33554432"}}},
      {"/system", {{"memory.low", "100663296"}, {"memory.min", "33554432"}}},
      {"/user", {{"pids.max", of_users}}},
      {"/shims", {}},
      {"/session", {{"cpu.weight", "300"}}},  // logins count three times as much as all containers
  };
}

const std::vector<std::string>& base_modules() {
  static const std::vector<std::string> kModules = {"br_netfilter", "overlay", "veth"};
  return kModules;
}

std::uint64_t least_free_kib(std::uint64_t memory_kib) {
  constexpr std::uint64_t kSmall = 4 << 20;
  if (memory_kib == 0 || memory_kib > kSmall) return 0;
  // Twice what it is without huge pages (mm/page_alloc.c, calculate_min_free_kbytes).
  return 2 * static_cast<std::uint64_t>(std::sqrt(static_cast<double>(memory_kib) * 16));
}

std::string host_path(std::string_view path) {
  if (path.find("/../") != std::string_view::npos || path.ends_with("/..")) return "";
  const auto* const file = std::ranges::find(kSharedEtc, path, &SharedFile::path);
  if (file != kSharedEtc.end()) return std::string(file->target);
  const bool shared =
      std::ranges::any_of(user_paths(), [&](const auto& d) { return is_below(path, d.path); }) ||
      std::ranges::any_of(kSharedDirectories, [&](auto d) { return is_below(path, d); });
  return shared ? std::string(path) : "";
}

}  // namespace ros::plan
