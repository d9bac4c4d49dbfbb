// What may stay of a service's container when containerd, a shim or crun is killed while it starts
// or ends, and which the next containerd doesn't know: who removes a container sees to it.
#pragma once

#include <sys/types.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sys/files.h"
#include "sys/mount.h"

namespace ros::manager {

// Below /sys/fs/cgroup. Each container has one of its own: what a killed runtime has left in it
// doesn't hinder the next one's start.
[[nodiscard]] std::string cgroup_of(std::string_view id);

// SIGKILL for all that is in the container's cgroup. No cgroup, nothing to end.
void end_processes(const sys::Files& files, std::string_view id);

// A killed process stays for a moment: EBUSY until then. A missing cgroup is fine.
[[nodiscard]] Result<void> remove_cgroup(const sys::Files& files, std::string_view id);

// Shims. A containerd that is killed while a shim starts, before it has written down where the shim
// listens (bootstrap.json), is followed by one that takes the container for dead and removes it
// (core/runtime/v2/shim_load.go), but nobody ends the shim: it waits for requests.
struct Shim {
  pid_t pid = 0;
  std::string id;  // the container that it was started for
  friend bool operator==(const Shim&, const Shim&) = default;
};

// The processes, among the children of process 1 and their shims, that are a shim in the services'
// namespace, or are about to start one.
[[nodiscard]] std::vector<Shim> shims(const sys::Files& files);

// Those that were started for a container of `services`, which share a shim, and that no process
// lives under. While none of these services starts, such a shim is lost, or about to end by itself.
[[nodiscard]] std::vector<Shim> idle_shims(const sys::Files& files,
                                           const std::set<std::string>& services);

// SIGKILL, and a line in the log.
void end_lost(const std::vector<Shim>& shims);

// The bundle: containerd's directory of a task with the mounted root (core/runtime/v2/bundle.go).
// When containerd can't remove it, or not within 5 s, it only logs that (shim.go, shim_load.go). To
// be called for a container that containerd doesn't know any more. An error when the root can't be
// unmounted; nothing in it is touched. A missing bundle is fine.
[[nodiscard]] Result<void> remove_bundle(const sys::Files& files, sys::Mounter& mounter,
                                         std::string_view id);

}  // namespace ros::manager
