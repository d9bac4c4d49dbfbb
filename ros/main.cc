// The one binary: which part of it runs is told by its name, or by its first argument.
#include <unistd.h>

#include <array>
#include <exception>
#include <string_view>

#include "base/log.h"
#include "cli/cli.h"
#include "cli/console/console.h"
#include "cli/console/session.h"
#include "logd/logd.h"
#include "manager/manager.h"
#include "netconf/netconf.h"
#include "pid1/pid1.h"

namespace {
struct Applet {
  std::string_view name;
  int (*run)(int argc, char** argv);  // argv[0] is the name, maybe with a path
};

constexpr auto kApplets = std::to_array<Applet>({
    {"console", [](int, char**) { return ros::cli::console_main(); }},
    {"dhcpcd-run-hooks", [](int, char**) { return ros::netconf::hook_main(); }},
    {"halt", ros::cli::power_main},
    {"logd", ros::logd::run},
    {"manager", [](int, char**) { return ros::manager::main(); }},
    {"netconf", ros::netconf::main},
    {"poweroff", ros::cli::power_main},
    {"reboot", ros::cli::power_main},
    {"session", ros::cli::session_main},
    {"shutdown", ros::cli::power_main},
});

const Applet* find(std::string_view name) {
  for (const auto& applet : kApplets)
    if (applet.name == name) return &applet;
  return nullptr;
}

using Initialiser = void (*)();
[[gnu::used, gnu::section(".init_array.00000")]] constinit Initialiser first =
    ros::pid1::become_process_one;

int dispatch(int argc, char** argv) {
  std::string_view name = argc > 0 ? argv[0] : "ros";
  name.remove_prefix(name.find_last_of('/') + 1);
  if (const auto* applet = find(name)) return applet->run(argc, argv);
  if (const auto* applet = argc > 1 ? find(argv[1]) : nullptr)
    return applet->run(argc - 1, argv + 1);
  return ros::cli::main(argc, argv);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return dispatch(argc, argv);
  } catch (const std::exception& error) {
    ros::log(ros::LogLevel::kError, error.what());
  }
  return 70;  // EX_SOFTWARE
}
