// The few words of the kernel command line that the first minute needs. Everything else is the
// config room's business. Pure.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace ros::pid1 {

struct BootOptions {
  std::string system_device;                // rancher.system.dev=
  std::chrono::seconds system_wait{30};     // rancher.system.wait=
  bool to_ram = false;                      // rancher.system.toram
  std::chrono::seconds rescue_timeout{60};  // rancher.rescue_timeout=
  bool rescue = false;                      // rancher.rescue
  bool debug = false;                       // rancher.debug
};

// Words may be quoted with "..."; a key without a value means true; the last one wins. Values that
// are not understood leave the default.
[[nodiscard]] BootOptions parse_boot_options(std::string_view command_line);

}  // namespace ros::pid1
