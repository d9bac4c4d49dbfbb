// Settings that are files of the kernel: sysctls, cgroups, lockdown.
#pragma once

#include "plan/plan.h"
#include "sys/files.h"

namespace ros::host {

// Where a dotted name lies below /proc/sys: as with sysctl(8), '/' in a part stands for a dot
// ("net.ipv4.conf.eth0/1.forwarding").
[[nodiscard]] std::string sysctl_path(std::string name);

// In the order of names. As in sysctl.d(5), `*` stands for any text within a part of a name; such
// names come first, so that others win. What can't be set does not keep the rest from it.
[[nodiscard]] Result<void> set_sysctls(const plan::SetSysctls& action, const sys::Files& files);
[[nodiscard]] Result<void> set_cgroups(const plan::SetCgroups& action, const sys::Files& files);

// A kernel that is locked down so far, or further, stays as it is.
[[nodiscard]] Result<void> lock_down(const plan::LockDown& action, const sys::Files& files);

}  // namespace ros::host
