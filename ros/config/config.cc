#include "config/config.h"

#include <algorithm>

namespace ros::config {

bool DockerConfig::lacks_certificates() const {
  const bool all = !ca_cert.empty() && !server_cert.empty() && !server_key.empty();
  return tls && tls_args.empty() && !all;
}

const ServiceDefinition* Config::service(std::string_view name) const {
  const auto found = std::ranges::find(services, name, &ServiceDefinition::name);
  return found == services.end() ? nullptr : &*found;
}

}  // namespace ros::config
