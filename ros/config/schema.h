// The one table of configuration keys; docs/configuration.md is made from it.
#pragma once

#include <span>
#include <string>

#include "config/config.h"
#include "config/table.h"

namespace ros::config {

[[nodiscard]] std::span<const Row<Config>> config_table();

// docs/configuration.md
[[nodiscard]] std::string schema_markdown();

}  // namespace ros::config
