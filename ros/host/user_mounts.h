// `mounts` of the configuration: what the user wants mounted besides the state.
#pragma once

#include "plan/plan.h"
#include "sys/files.h"
#include "sys/mount.h"

namespace ros::host {

// Each directory is made when it is missing; one that is mounted already is left alone. A mount
// that fails does not keep the others from being made.
[[nodiscard]] Result<void> mount_all(const plan::MountAll& action, const sys::Files& files,
                                     sys::Mounter& mounter);

}  // namespace ros::host
