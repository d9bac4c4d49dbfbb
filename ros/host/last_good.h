// The last version of each file of the configuration that could be read, kept on the state: what
// the machine goes on with when somebody has broken the file.
#pragma once

#include <vector>

#include "config/load.h"
#include "host/problems.h"
#include "sys/files.h"

namespace ros::host {

inline constexpr std::string_view kLastGoodDirectory = "/var/lib/rancher/last-good";

// Keeps what can be read, and puts the kept version in place of what can't (Layer::broken). A file
// has its name with '%' for each '/'.
void use_last_good(std::vector<config::Layer>& layers, const sys::Files& files, Problems& problems);

}  // namespace ros::host
