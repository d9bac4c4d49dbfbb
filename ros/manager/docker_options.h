// rancher.docker.* -> the docker service's command line and environment. Pure.
#pragma once

#include "config/config.h"

namespace ros::manager {

// The services as they are to run: `docker` with the options of config.docker added behind its
// command, in a fixed order, so that the definition hash tells whether they changed.
[[nodiscard]] std::vector<config::ServiceDefinition> effective_services(
    const config::Config& config);

}  // namespace ros::manager
