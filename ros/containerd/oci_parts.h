// The parts that build_spec() puts together. Internal to the room.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

#include "base/result.h"
#include "containerd/oci_spec.h"

namespace ros::containerd {

// "mounts": defaults, then the service's own in order of depth.
[[nodiscard]] nlohmann::json oci_mounts(const SpecInput& input);
// "linux.rootfsPropagation", as the volumes' propagation needs it; "" = the runtime's default.
[[nodiscard]] std::string root_propagation(const SpecInput& input);

struct DeviceParts {
  nlohmann::json nodes;  // "linux.devices"
  nlohmann::json rules;  // "linux.resources.devices"
};
[[nodiscard]] Result<DeviceParts> oci_devices(const SpecInput& input);

// "process.user" for "uid[:gid]" or names; the text may be empty.
[[nodiscard]] Result<nlohmann::json> oci_user(const std::string& user, const std::string& passwd,
                                              const std::string& group);

// Names as in "CAP_NET_ADMIN", sorted.
[[nodiscard]] Result<std::vector<std::string>> oci_capabilities(
    const config::ServiceDefinition& service);

// Those of cap_add by name: what a process that is not root keeps over exec(2) when it is given
// them as ambient capabilities.
[[nodiscard]] Result<std::vector<std::string>> oci_ambient_capabilities(
    const config::ServiceDefinition& service);

// "linux.seccomp" for a process that can have these capabilities; `profile` is what
// images/engine/seccomp or init/assemble/seccomp.py makes.
[[nodiscard]] Result<nlohmann::json> oci_seccomp(const std::string& profile,
                                                 const std::vector<std::string>& capabilities);

}  // namespace ros::containerd
