// Configuration files of built-in services, rendered from the configuration. Pure.
#pragma once

#include <vector>

#include "config/config.h"

namespace ros::plan {

// Below kServiceConfig on the host; one directory a service, bound into it.
inline constexpr std::string_view kServiceConfig = "/run/ros/conf";

// Always the same paths: what is no longer configured makes its file empty.
//   syslog/remote.conf   rsyslog.conf(5)
//   ntp/config.sources   chrony.conf(5), sourcedir
[[nodiscard]] std::vector<config::WriteFile> service_files(const config::Config& config);

}  // namespace ros::plan
