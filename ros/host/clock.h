// The clock is never before what is known to have been: the build of the system, the last run of
// the machine. A battery clock that is empty or missing starts in 1970 or 2000, and TLS then
// refuses every certificate.
#pragma once

#include <chrono>
#include <string_view>

#include "plan/plan.h"
#include "sys/files.h"
#include "sys/machine.h"

namespace ros::host {

// Sets the clock to `time` when it stands before it. `why` names in the log what `time` is.
[[nodiscard]] Result<void> set_clock_forward(std::chrono::system_clock::time_point time,
                                             std::string_view why, sys::Machine& machine);

// A file that is missing says nothing.
[[nodiscard]] Result<void> set_clock(const plan::SetClock& action, const sys::Files& files,
                                     sys::Machine& machine);

}  // namespace ros::host
