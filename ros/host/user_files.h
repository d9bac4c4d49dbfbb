// Files that the user's configuration asks for: write_files, lists for the services.
#pragma once

#include "plan/plan.h"
#include "sys/files.h"

namespace ros::host {

// `accounts`: directory with the passwd and group that owners are looked up in. A file that can't
// be written does not keep the others from it.
[[nodiscard]] Result<void> write_files(const plan::WriteFiles& action, const std::string& accounts,
                                       const sys::Files& files);

[[nodiscard]] Result<void> write_lines(const plan::WriteLines& action, const sys::Files& files);

}  // namespace ros::host
