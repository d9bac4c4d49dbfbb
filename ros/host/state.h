// The state partition: found, checked and mounted, or a tmpfs in its place; and the user's paths
// that lie on it.
#pragma once

#include "plan/plan.h"
#include "sys/files.h"
#include "sys/machine.h"
#include "sys/mount.h"

namespace ros::host {

// Layout of the state partition that this system writes; kept in kLayoutFile below its root.
inline constexpr int kLayoutVersion = 1;
inline constexpr auto kLayoutFile = "/layout-version";

// An error when the device did not come in time. With `grace` its absence is none, and the wait
// ends early unless USB devices are still being found.
[[nodiscard]] Result<void> wait_device(const plan::WaitDevice& action, const sys::Files& files);

// Whatever happens, something is mounted at the target afterwards, a tmpfs if need be, so that the
// machine comes up. An error when a device is there but can't be used (damaged, newer layout), or
// when it is missing though required. The clock is set forward to the device's last change.
[[nodiscard]] Result<void> mount_state(const plan::MountState& action, const sys::Files& files,
                                       sys::Mounter& mounter, sys::Machine& machine);

// Paths that are mounted already are left alone.
[[nodiscard]] Result<void> bind_user_paths(const plan::BindUserPaths& action,
                                           const sys::Files& files, sys::Mounter& mounter);

// Owner and mode are given to what is new only.
[[nodiscard]] Result<void> make_directories(const std::vector<plan::Directory>& directories,
                                            const sys::Files& files);

}  // namespace ros::host
