// The SSH server's host key and configuration.
//
// sshd reads one small file made here, which includes, and the first word on a key wins:
//   - the user's files, kSshdUserDirectories, by name
//   - rancher.ssh.* (kSshdSettings, written by the boot plan)
//   - /etc/ssh/sshd_config, the image's or one that write_files put in its place
// What sshd's own check refuses is not used: the copy of the user's files that last passed takes
// their place, and without one the image's configuration alone.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sys/files.h"

namespace ros::cli {

inline constexpr std::array<std::string_view, 2> kSshdUserDirectories = {
    "/etc/ssh/sshd_config.d", "/var/lib/rancher/conf/sshd_config.d"};
inline constexpr std::string_view kSshdSettings = "/run/ros/sshd/settings.conf";
inline constexpr std::string_view kSshdConfig = "/run/ros/sshd/sshd_config";
inline constexpr std::string_view kSshdLastGood = "/var/lib/rancher/ssh/last-good";

// rancher.ssh.daemon: the boot plan writes settings for a server that is wanted.
[[nodiscard]] bool sshd_wanted(const sys::Files& files);

// Makes a private key at `path` and its public half beside it, with ".pub".
using MakeKey = std::function<Result<void>(const std::string& path)>;

// Paths of the host keys, one a type: the one of rancher.ssh.keys, else the one kept on state, as a
// copy in memory that outlives the state. The first is ed25519, which is made when there is none; a
// state that can't be written gets one for this boot. ECDSA and RSA keys are used where given.
[[nodiscard]] Result<std::vector<std::string>> provide_host_keys(const sys::Files& files,
                                                                 const MakeKey& make);

// sshd's check of the configuration at kSshdConfig; an error has what it says.
using CheckConfig = std::function<Result<void>()>;

// Leaves at kSshdConfig the best configuration that passes. An error when not even the image's
// does. A problem of the user's files is logged, in sshd's words: file and line.
[[nodiscard]] Result<void> write_sshd_config(const sys::Files& files, const CheckConfig& check);

}  // namespace ros::cli
