#include "manager/signals.h"

#include <array>
#include <csignal>
#include <string>
#include <utility>

#include "base/text.h"

namespace ros::manager {
namespace {

constexpr std::array kSignals = std::to_array<std::pair<std::string_view, int>>({
    {"HUP", SIGHUP},
    {"INT", SIGINT},
    {"QUIT", SIGQUIT},
    {"KILL", SIGKILL},
    {"USR1", SIGUSR1},
    {"USR2", SIGUSR2},
    {"TERM", SIGTERM},
    {"CONT", SIGCONT},
    {"STOP", SIGSTOP},
    {"WINCH", SIGWINCH},
    {"PWR", SIGPWR},
});

}  // namespace

Result<int> signal_number(std::string_view name) {
  if (const auto number = parse_int(name); number && *number > 0 && *number < NSIG) {
    return static_cast<int>(*number);
  }
  const auto bare = name.starts_with("SIG") ? name.substr(3) : name;
  for (const auto& [known, number] : kSignals) {
    if (known == bare) return number;
  }
  return fail("'" + std::string(name) + "' is not the name or number of a signal");
}

}  // namespace ros::manager
