// `ros console`: process of the console service. Keeps one login program on each console terminal
// of the kernel (/sys/class/tty/console/active) until SIGTERM; a login that ends is started again.
#pragma once

#include <string>
#include <vector>

namespace ros::cli {

// One terminal and what runs on it.
struct Terminal {
  std::string name;        // "ttyS0"
  bool autologin = false;  // a shell for user rancher without a password question
};

// The terminals of the kernel's list ("tty0 ttyS0"): tty0 stands for the first virtual terminal.
// `autologin` holds terminal names (rancher.autologin), one a line.
[[nodiscard]] std::vector<Terminal> terminals(const std::string& active,
                                              const std::string& autologin);

// What to execute for `terminal`; argv[0] is an absolute path in the console image.
[[nodiscard]] std::vector<std::string> login_command(const Terminal& terminal);

int console_main();

}  // namespace ros::cli
