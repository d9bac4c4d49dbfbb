// `ros session`: sshd starts it for each connection in place of sshd-session (SshdSessionPath). It
// moves itself into a cgroup of its own, /session/PID, and becomes sshd-session. So a login
// lives on when the console service, whose cgroup sshd is in, is stopped or replaced. It says who
// logged in to the system log (/dev/log, facility auth), as its life has nothing to do with that of
// the service's own log.
#pragma once

#include <string>
#include <vector>

#include "sys/files.h"

namespace ros::cli {

inline constexpr std::string_view kSessionCgroups = "/sys/fs/cgroup/session";

// Makes the cgroup `name`, moves the caller into it and removes those of sessions that have ended.
[[nodiscard]] Result<void> enter_session_cgroup(const sys::Files& files, const std::string& name);

// sshd's own options (sshd(8)), without the one that has it log to standard error.
[[nodiscard]] std::vector<std::string> sshd_session_command(std::vector<std::string> options);

int session_main(int argc, char** argv);

}  // namespace ros::cli
