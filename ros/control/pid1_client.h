// One request to PID 1 and its reply, for the manager and the command line.
#pragma once

#include <chrono>
#include <string>

#include "base/result.h"
#include "control/pid1_protocol.h"

namespace ros::control::pid1 {

// Blocks for at most `limit`. An error reply becomes an Error with its errno value.
[[nodiscard]] Result<Reply> call(const Request& request, const std::string& socket = kSocketPath,
                                 std::chrono::milliseconds limit = std::chrono::seconds(2));

}  // namespace ros::control::pid1
