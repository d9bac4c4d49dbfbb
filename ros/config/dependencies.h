// Who waits for whom among the services: io.rancher.os.after and before, links, depends_on.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/config.h"

namespace ros::config {

// Service -> the services it waits for, sorted. Names of unknown services are left out, and so is
// what `before` asks for where it would close a cycle: it is a wish, `after` is a need.
using DependencyMap = std::map<std::string, std::vector<std::string>>;
[[nodiscard]] DependencyMap dependencies_of(const std::vector<ServiceDefinition>& services);

// Names in an order in which each stands behind those it waits for; by name where that leaves a
// choice. Members of a cycle are left out.
[[nodiscard]] std::vector<std::string> start_order(const DependencyMap& dependencies);

// Complains about names and wishes that are left out, and about cycles. Of a cycle the services
// that a user's file touches are rejected, all of them when there is none, so that a broken user
// service doesn't take the console down.
void check_dependencies(Config& config, Complaints& complaints);

}  // namespace ros::config
