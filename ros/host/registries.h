// hosts.toml files that tell the system containerd how to reach registries
// (containerd, docs/hosts.md): DIRECTORY/HOST[:PORT]/hosts.toml.
#pragma once

#include "plan/plan.h"
#include "sys/files.h"

namespace ros::host {

// The directory then holds what the action says, nothing else.
[[nodiscard]] Result<void> write_registries(const plan::WriteRegistries& action,
                                            const sys::Files& files);

}  // namespace ros::host
