// Stage 2: process 1 in the system image. Mounts what is missing, makes the cgroups, starts its
// children and keeps the machine until the power door opens.
#pragma once

namespace ros::pid1 {

[[noreturn]] void stage2();

}  // namespace ros::pid1
