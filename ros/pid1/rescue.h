// When the machine can't boot: tell why on the local console, offer a shell, and panic when nobody
// is there, so that a `panic=` setting or an operator's watchdog can act.
#pragma once

#include <chrono>
#include <string_view>

namespace ros::pid1 {

// Prints `reason`, waits for a key and gives a shell; returns when the shell has ended. Without a
// key within `limit` the kernel panics.
void rescue(std::string_view reason, std::chrono::seconds limit);

// Ends process 1: the kernel panics and shows `reason` shortly before.
[[noreturn]] void panic(std::string_view reason);

}  // namespace ros::pid1
