// OCI runtime specification (opencontainers/runtime-spec 1.2, config.json) of one service
// container. Pure but for the look at device nodes: equal inputs give equal JSON.
//
// What a service gets without asking: its own mount, cgroup, pid, ipc and uts namespaces (the
// host's where the definition says so), the host's network or none, the host's hostname unless it
// has its own, Docker's default capabilities, a tmpfs at /run, and /run/etc (the changeable files
// of /etc) read-only. A volume or tmpfs at one of these places replaces the default, so
// "/run/etc:/run/etc" makes it writable. privileged: all capabilities, the host's /dev, writable
// /sys and cgroups, nothing masked. Others have a seccomp profile (their image's own, or Docker's)
// and may not gain privileges, unless `security` says so, and a limit of processes.
// process.terminal is always false: a service with a terminal opens its tty_device itself.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/service.h"
#include "sys/device.h"

namespace ros::containerd {

// What the image itself says (OCI image-spec config.json, "config" object); the service's own
// values win.
struct ImageConfig {
  std::vector<std::string> entrypoint;
  std::vector<std::string> command;
  std::vector<std::string> environment;
  std::string working_dir;
  std::string user;
};

// From the text of an OCI image configuration.
[[nodiscard]] Result<ImageConfig> parse_image_config(const std::string& json);

// "true": what configures interfaces in /proc/sys/net may be written; the rest of /proc/sys stays
// read-only as in every service (root could take over the machine with it, capabilities or not).
inline constexpr const char* kNetSysctlLabel = "io.rancher.os.net_sysctl";

struct SpecInput {
  const config::ServiceDefinition& service;
  const ImageConfig& image;
  std::string id;           // container id
  std::string cgroup_path;  // "/system/docker.1"
  // Host directory with the socket of sd_notify(3), "" = none. It has the same path in the
  // container, so that a service into which the host's /run is bound sees it without a mount.
  std::string notify_socket_dir = "";
  // Texts of the image's /etc/passwd and /etc/group, for a `user` with names.
  std::string passwd = "";
  std::string group = "";
  // Text of a seccomp profile; see needs_seccomp() and oci_seccomp().
  std::string seccomp_profile = "";
  // How `devices` and tty_device are looked up on the host.
  std::function<Result<sys::DeviceNode>(const std::string& path)> device = sys::read_device_node;
};

[[nodiscard]] bool needs_seccomp(const config::ServiceDefinition& service);

// Errors: nothing to execute, an unknown user, group, capability or device, a profile that is no
// JSON or missing.
[[nodiscard]] Result<std::string> build_spec(const SpecInput& input);

}  // namespace ros::containerd
