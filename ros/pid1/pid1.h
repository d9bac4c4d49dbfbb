// Process 1 of the machine.
#pragma once

namespace ros::pid1 {

// Stage 1 while the root is an initramfs, else stage 2. Never returns.
[[noreturn]] void main();

}  // namespace ros::pid1
