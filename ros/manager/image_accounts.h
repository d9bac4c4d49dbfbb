// The accounts of a service's image, for a `user` by name.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "sys/files.h"
#include "sys/mount.h"

namespace ros::manager {

struct ImageAccounts {
  std::string passwd;  // texts of passwd(5) and group(5), "" = the image has none
  std::string group;
};

// Whether "USER[:GROUP]" has a name in it.
[[nodiscard]] bool has_name(const std::string& user);

// Where the root file system of container `id` lies while this looks into it.
[[nodiscard]] std::string image_directory(const std::string& id);

// `mounts` are the root file system's: they are made at `directory` and taken away again. Links
// stay inside of the image. Errors: it can't be mounted; a file that is none, or larger than 1 MiB.
[[nodiscard]] Result<ImageAccounts> read_image_accounts(const std::vector<sys::Mount>& mounts,
                                                        const std::string& directory,
                                                        const sys::Files& files,
                                                        sys::Mounter& mounter);

}  // namespace ros::manager
