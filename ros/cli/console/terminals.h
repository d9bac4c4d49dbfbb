// The terminals that people log in on.
#pragma once

#include <string>
#include <vector>

#include "cli/console/children.h"
#include "cli/console/respawner.h"
#include "sys/files.h"

namespace ros::cli {

// One terminal and what runs on it.
struct Terminal {
  std::string name;        // "ttyS0"
  bool autologin = false;  // a shell for user rancher without a password question
  friend bool operator==(const Terminal&, const Terminal&) = default;
};

// The virtual terminals tty1 to tty3 as far as they are among `devices` (names in /dev), then the
// kernel's consoles of `active` ("tty0 ttyS0"), where tty0 stands for the virtual ones.
// `autologin`: names for a login without a question (rancher.autologin).
[[nodiscard]] std::vector<Terminal> terminals(const std::string& active,
                                              const std::vector<std::string>& devices,
                                              const std::string& autologin);

// What to execute for `terminal`; argv[0] is an absolute path in the console image.
[[nodiscard]] std::vector<std::string> login_command(const Terminal& terminal);

// Keeps a login on every terminal of this machine.
[[nodiscard]] Result<void> keep_terminals(const sys::Files& files, Children& children,
                                          Respawner& respawner);

}  // namespace ros::cli
