// The one table of configuration keys; docs/configuration.md is made from it.
#pragma once

#include <span>
#include <string>

#include "config/config.h"
#include "config/table.h"

namespace ros::config {

// Where files of rancher.services_include may lie.
inline constexpr std::string_view kServiceFiles = "/var/lib/rancher/conf/";

[[nodiscard]] std::span<const Row<Config>> config_table();

// docs/configuration.md
[[nodiscard]] std::string schema_markdown();

}  // namespace ros::config
