// Data that every boot uses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "plan/plan.h"

namespace ros::plan {

inline constexpr std::string_view kStateTarget = "/state";
inline constexpr std::string_view kStateName = "RANCHER_STATE";
inline constexpr std::string_view kStatePartition = "roster-state";  // of our disk layout
inline constexpr std::string_view kGrownStamp = "/var/lib/rancher/resizefs.done";
// As old as the build of the system image.
inline constexpr std::string_view kBuiltInConfig = "/usr/share/ros/os-config.yml";
inline constexpr std::string_view kClockStamp = "/var/lib/rancher/clock";
inline constexpr std::string_view kEtcTemplates = "/usr/share/ros/etc";
inline constexpr std::string_view kEtcDirectory = "/run/etc";  // every service sees it
inline constexpr std::string_view kResolvConf = "/run/etc/resolvconf/resolv.conf";
inline constexpr std::string_view kShadow = "/run/login/shadow";  // where logins are, only
inline constexpr std::string_view kConfigDirectory = "/var/lib/rancher/conf/cloud-config.d";
inline constexpr std::string_view kConfigFile = "/var/lib/rancher/conf/cloud-config.yml";
inline constexpr std::string_view kNoCloudLabel = "cidata";
inline constexpr std::string_view kServiceFiles = "/run/ros/files";  // + /SERVICE
inline constexpr std::string_view kBanner = "/run/ros/banner";       // what login shells show
inline constexpr std::string_view kAutologinPath = "/run/ros/autologin";
inline constexpr std::string_view kRuncmdPath = "/run/ros/runcmd";  // a JSON list of words a line
inline constexpr std::string_view kImageStore = "/var/lib/system-containerd";
inline constexpr std::string_view kRegistries = "/run/ros/registries";
inline constexpr std::string_view kNetworkPath = "/run/ros/network/config.json";  // of netconf
inline constexpr std::string_view kNetworkState = "/run/ros/netconf";
inline constexpr std::string_view kDhcpHostname = "/run/ros/netconf/hostname";
inline constexpr std::string_view kMachineIdStore = "/var/lib/rancher/machine-id";
inline constexpr std::string_view kMachineIdPath = "/run/etc/machine-id";
inline constexpr std::string_view kSshdDirectory = "/run/ros/sshd";               // with secrets
inline constexpr std::string_view kSshdSettings = "/run/ros/sshd/settings.conf";  // empty: no sshd
inline constexpr std::string_view kSshdKeys = "/run/ros/authorized_keys";         // + /USER
inline constexpr std::string_view kConsole = "console";

// Who may log in: the owners of ssh_authorized_keys.
inline constexpr std::string_view kLogins[] = {"docker", "rancher"};
inline constexpr unsigned kChronyUid = 102;  // and its group

// One view of the user's files on the host and in the console and docker services.
[[nodiscard]] const std::vector<Directory>& user_paths();

// Made below the user paths when they are missing.
[[nodiscard]] const std::vector<Directory>& directories();

// The tree below the root of cgroup v2 and what protects it, on a machine that can have so many
// threads (Facts::threads).
[[nodiscard]] std::vector<Cgroup> cgroups(std::uint64_t threads);

// Modules that Docker expects and nothing else asks for.
[[nodiscard]] const std::vector<std::string>& base_modules();

// vm.min_free_kbytes for a machine with so much memory, in KiB; 0: the kernel's own choice. Because
// of huge pages the kernel keeps 5 % of a small machine free (mm/khugepaged.c).
[[nodiscard]] std::uint64_t least_free_kib(std::uint64_t memory_kib);

// Where a file that the services see at `path` lies on the host; "" when each container has its
// own.
[[nodiscard]] std::string host_path(std::string_view path);

}  // namespace ros::plan
