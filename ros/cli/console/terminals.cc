#include "cli/console/terminals.h"

#include <fcntl.h>

#include <algorithm>
#include <array>

#include "base/log.h"
#include "base/text.h"

namespace ros::cli {
namespace {

constexpr auto kActivePath = "/sys/class/tty/console/active";
constexpr auto kAutologinPath = "/run/ros/autologin";
constexpr auto kVirtual = std::to_array<const char*>({"tty1", "tty2", "tty3"});

bool is_virtual(const std::string& name) {
  return name.starts_with("tty") && name.find_first_not_of("0123456789", 3) == std::string::npos;
}

void start(const Terminal& terminal, Children& children, const std::function<void()>& ended) {
  // O_NOCTTY: the child makes it its controlling terminal, not this process.
  const sys::UniqueFd tty(open(("/dev/" + terminal.name).c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!tty.valid()) {
    log(LogLevel::kWarning, "'" + terminal.name + "' cannot be opened: no login there");
    return;
  }
  const sys::Command command{
      .argv = login_command(terminal),
      .environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                      is_virtual(terminal.name) ? "TERM=linux" : "TERM=vt220"},
      .cgroup = {},
      .stdin_fd = tty.get(),
      .stdout_fd = tty.get(),
      .stderr_fd = tty.get(),
      .controlling_tty = true};
  const auto pid = children.start(command, [ended](sys::ExitStatus) { ended(); });
  if (pid) return;
  log(LogLevel::kError, "login on '" + terminal.name + "': " + pid.error().message);
  ended();
}

}  // namespace

std::vector<Terminal> terminals(const std::string& active, const std::vector<std::string>& devices,
                                const std::string& autologin) {
  const auto automatic = split_words(autologin);
  const auto contains = [](const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
  };
  std::vector<std::string> names;
  for (const auto* const name : kVirtual)
    if (contains(devices, name)) names.emplace_back(name);
  for (const auto& name : split_words(active))
    if (name != "tty0" && !contains(names, name)) names.push_back(name);
  std::vector<Terminal> result;
  for (const auto& name : names) result.push_back({name, contains(automatic, name)});
  return result;
}

std::vector<std::string> login_command(const Terminal& terminal) {
  if (terminal.autologin) return {"/bin/login", "-f", "rancher"};
  return {"/sbin/getty", "0", terminal.name};
}

Result<void> keep_terminals(const sys::Files& files, Children& children, Respawner& respawner) {
  const auto devices = files.list("/dev");
  if (!devices) return std::unexpected(devices.error());
  const auto active = files.read(kActivePath);
  if (!active) log(LogLevel::kWarning, active.error().message);
  const auto autologin = files.read(kAutologinPath);
  for (const auto& terminal : terminals(active.value_or(""), *devices, autologin.value_or("")))
    respawner.keep([terminal, &children](const std::function<void()>& ended) {
      start(terminal, children, ended);
    });
  return {};
}

}  // namespace ros::cli
