// rancher.environment in services: `${NAME}` in their texts, and the variables they ask for by bare
// names and patterns in `environment`. A variable `SERVICE/NAME` counts for that service only, and
// more there than `NAME`.
#pragma once

#include <string>
#include <vector>

#include "config/config.h"
#include "config/node.h"

namespace ros::config {

// `$NAME`, `${NAME}`, `${NAME-default}` (not set), `${NAME:-default}` (not set or empty), `$$` for
// a dollar sign, as in compose files; any other `$` stays. What is not set is empty, and complained
// about. Changes the texts below rancher.services in `tree`.
void interpolate_services(Node& tree, Complaints& complaints);

// Bare names and patterns in services' environments become the variables that they stand for.
void resolve_environment(Config& config);

}  // namespace ros::config
