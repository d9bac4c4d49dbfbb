// Shims that containerd has forgotten. When it is killed while a shim starts, before it has written
// down where the shim listens (bootstrap.json), the next one takes the container for dead and
// removes it (core/runtime/v2/shim_load.go), but nobody ends the shim: it waits for requests.
#pragma once

#include <sys/types.h>

#include <string_view>
#include <vector>

#include "sys/files.h"

namespace ros::manager {

// The processes, among the children of process 1 and their shims, that are a shim of container `id`
// in the services' namespace, or are about to start one.
[[nodiscard]] std::vector<pid_t> shims_of(const sys::Files& files, std::string_view id);

// For a container that is gone: kills what shims_of finds. Not for one that shared its shim.
void end_lost_shims(const sys::Files& files, std::string_view id);

}  // namespace ros::manager
