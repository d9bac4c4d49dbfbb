// Who waits for whom. Pure: from definitions to a graph without cycles.
//
// `after` gives a hard edge: the dependant needs the other one ready. `before` gives a soft edge:
// the later one waits until the earlier one has settled, whatever came of it. Names that are no
// service are ignored (RancherOS configurations name services that not every system has). A service
// on a cycle of hard edges is refused; soft edges that would close a cycle are left out
// (config/dependencies.h).
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "config/service.h"

namespace ros::supervise {

struct Order {
  struct Edges {
    std::set<std::string> needs;       // hard, of this service on others
    std::set<std::string> follows;     // soft, of this service on others
    std::set<std::string> dependants;  // both kinds, of others on this service
  };
  std::map<std::string, Edges> edges;             // every service given, cyclic ones without edges
  std::map<std::string, std::string> on_a_cycle;  // service -> "dependency cycle: a -> b -> a"
};

// `rejected` are services known by name only; others may depend on them.
[[nodiscard]] Order make_order(const std::vector<config::ServiceDefinition>& services,
                               const std::set<std::string>& rejected);

}  // namespace ros::supervise
