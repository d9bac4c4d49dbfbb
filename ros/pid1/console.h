// Standard descriptors and log of process 1.
#pragma once

namespace ros::pid1 {

// 0, 1 and 2 are the console, or /dev/null when there is none. The kernel leaves them closed when
// the initramfs has no /dev/console of its own.
void open_console();

// log() writes to the kernel's ring buffer, where everything of the boot is in one order.
void log_to_kernel(bool debug);

}  // namespace ros::pid1
