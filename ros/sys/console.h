// The terminals that are consoles of the kernel: every console= that exists. /dev/console is only
// the last of them, so what somebody has to see goes to all.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sys/files.h"

namespace ros::sys {

// "/dev/tty0", "/dev/ttyS0"; "/dev/console" alone when the kernel does not tell.
[[nodiscard]] std::vector<std::string> console_paths(const Files& files);

// A console that can't be written has no reader either: no error, and no waiting.
void write_consoles(const Files& files, std::string_view text);

}  // namespace ros::sys
