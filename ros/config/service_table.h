// The keys of one service: compose keys and io.rancher.os.* labels.
#pragma once

#include <span>

#include "config/service.h"
#include "config/table.h"

namespace ros::config {

[[nodiscard]] std::span<const Row<ServiceDefinition>> compose_table();
[[nodiscard]] std::span<const Row<ServiceDefinition>> label_table();

// The map under rancher.services: name -> definition, sorted by name.
struct Services {
  static constexpr std::string_view kName = "a map of services";
  static bool read(Node& node, std::vector<ServiceDefinition>& out, const Reading& at);
};

}  // namespace ros::config
