// rancher.cloud_init.datasources as a kind (kinds.h).
#pragma once

#include <optional>
#include <string_view>

#include "config/kinds.h"

namespace ros::config {

// Names as RancherOS and cloud-init have them, in any case, some with `:` and an argument. `out`
// becomes whether a NoCloud disc is among them; those that are not supported are told, once a list.
struct Datasources {
  static constexpr std::string_view kName = "a list of data sources";
  static constexpr Shape kShape = Shape::kList;
  static bool read(Node& node, std::optional<bool>& out, const Reading& at);
};

}  // namespace ros::config
