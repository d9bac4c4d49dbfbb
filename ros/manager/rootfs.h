// The root file system of a service container: which mounts the shim makes, and what must exist
// first.
//
// Built-in images lie unpacked under /images/NAME of the read-only system image: a service starts
// by mounting that directory, below an overlay on tmpfs unless the service is read_only. What
// write_files has for the service (plan::kServiceFiles) lies over the image in both cases. Other
// images are pulled and run from a snapshot (image_store.h), below the same files.
#pragma once

#include <string>
#include <vector>

#include "config/service.h"
#include "containerd/client.h"
#include "containerd/oci_spec.h"
#include "sys/files.h"
#include "sys/mount.h"

namespace ros::manager {

struct Rootfs {
  std::vector<sys::Mount> mounts;
  std::vector<std::string> directories;  // to be made before the mounts
  containerd::ImageConfig image;
  std::string snapshot_key;  // "" = no snapshot
};

// One directory for each container that there is anything of: made first, removed last.
inline constexpr char kServiceDirectories[] = "/run/ros/services";

// Host directory with the writable parts of container `id`.
[[nodiscard]] std::string service_directory(const std::string& id);

// Directory with the files that lie over the image of this service; "" when it has none.
[[nodiscard]] std::string files_over_image(const sys::Files& files, const std::string& service);

// Puts the directory over the lower ones of the overlays among `mounts`; "" changes nothing.
void lay_over(const std::string& directory, std::vector<sys::Mount>& mounts);

[[nodiscard]] bool is_built_in(const sys::Files& files, const std::string& image);

// Errors: the image's config.json is missing or can't be parsed.
[[nodiscard]] Result<Rootfs> built_in_rootfs(const sys::Files& files,
                                             const config::ServiceDefinition& service,
                                             const std::string& id);

// "redis" -> "docker.io/library/redis:latest": the name that registries and containerd use.
[[nodiscard]] std::string full_reference(const std::string& image);

}  // namespace ros::manager
