#include "manager/docker_options.h"

namespace ros::manager {
namespace {

void add_docker_options(config::ServiceDefinition& service, const config::DockerConfig& docker) {
  auto& command = service.command;
  if (docker.debug) command.emplace_back("--debug");
  if (!docker.registry_mirror.empty()) {
    command.push_back("--registry-mirror=" + docker.registry_mirror);
  }
  for (const auto& registry : docker.insecure_registries) {
    command.push_back("--insecure-registry=" + registry);
  }
  command.insert(command.end(), docker.extra_args.begin(), docker.extra_args.end());
  service.environment.insert(service.environment.end(), docker.environment.begin(),
                             docker.environment.end());
}

}  // namespace

std::vector<config::ServiceDefinition> effective_services(const config::Config& config) {
  auto services = config.services;
  const auto proxy = config::proxy_environment(config.network);
  for (auto& service : services) {
    // In front: what a service says itself wins.
    if (!service.built_in || service.name == "console" || service.name == "docker")
      service.environment.insert(service.environment.begin(), proxy.begin(), proxy.end());
    if (service.name == "docker") add_docker_options(service, config.docker);
  }
  return services;
}

}  // namespace ros::manager
