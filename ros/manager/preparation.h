// What a service's container needs from disks before containerd is asked for it. Blocks: for the
// background.
#pragma once

#include <string>

#include "config/service.h"
#include "manager/image_accounts.h"
#include "manager/rootfs.h"
#include "sys/files.h"

namespace ros::manager {

struct Preparation {
  ImageAccounts accounts;       // for a `user` by name
  std::string seccomp_profile;  // "" = the service has none
};

// Makes the directories of container `id`, among them those of volumes that are not there yet, and
// reads the rest.
[[nodiscard]] Result<Preparation> prepare(const sys::Files& files,
                                          const config::ServiceDefinition& service,
                                          const Rootfs& rootfs, const std::string& id);

}  // namespace ros::manager
