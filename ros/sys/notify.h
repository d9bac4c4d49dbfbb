// sd_notify(3): a service tells who started it how it is.
#pragma once

#include <string_view>

#include "base/result.h"

namespace ros::sys {

// Sends `state`, such as "READY=1", to the socket named by NOTIFY_SOCKET; fine without one.
[[nodiscard]] Result<void> notify(std::string_view state);

}  // namespace ros::sys
