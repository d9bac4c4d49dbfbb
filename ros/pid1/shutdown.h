// The last minute of the machine: end every process, unmount, write everything out, reboot(2).
// Every wait has a limit, so it always ends. The only user of sys/power.h's end_machine.
#pragma once

#include "sys/power.h"

namespace ros::pid1 {

[[noreturn]] void shut_down(sys::PowerAction action);

}  // namespace ros::pid1
