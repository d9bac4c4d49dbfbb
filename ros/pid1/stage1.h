// Stage 1: process 1 in the initramfs. Finds the system image, moves into it and becomes stage 2.
#pragma once

namespace ros::pid1 {

// Does not return: it ends as /sbin/ros of the system image or in a panic.
[[noreturn]] void stage1();

}  // namespace ros::pid1
