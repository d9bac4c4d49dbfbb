#include "config/config.h"

#include <algorithm>

namespace ros::config {

const ServiceDefinition* Config::service(std::string_view name) const {
  const auto found = std::ranges::find(services, name, &ServiceDefinition::name);
  return found == services.end() ? nullptr : &*found;
}

}  // namespace ros::config
