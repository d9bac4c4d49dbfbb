// Names of signals as compose files and `ros service kill` write them.
#pragma once

#include <string_view>

#include "base/result.h"

namespace ros::manager {

// "SIGTERM", "TERM" or "15"; an error names what was given.
[[nodiscard]] Result<int> signal_number(std::string_view name);

}  // namespace ros::manager
