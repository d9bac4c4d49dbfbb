#include "cli/console.h"

#include <fcntl.h>
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <map>

#include "base/log.h"
#include "base/text.h"
#include "sys/event_loop.h"
#include "sys/files.h"
#include "sys/process.h"

namespace ros::cli {
namespace {

constexpr auto kActivePath = "/sys/class/tty/console/active";
constexpr auto kAutologinPath = "/run/ros/autologin";
constexpr sys::Millis kQuickExit{2000};  // a login that ends sooner is not started again at once
constexpr sys::Millis kRespawnDelay{1000};

class Respawner {
 public:
  explicit Respawner(sys::EventLoop& loop) : loop_(loop) {}

  void start(const Terminal& terminal) {
    // O_NOCTTY: the child makes it its controlling terminal, not this process.
    const sys::UniqueFd tty(open(("/dev/" + terminal.name).c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    if (!tty.valid()) {
      log(LogLevel::kWarning, "'" + terminal.name + "' cannot be opened: no login there");
      return;
    }
    sys::Command command{
        .argv = login_command(terminal),
        .environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                        terminal.name.starts_with("tty") && !terminal.name.starts_with("ttyS")
                            ? "TERM=linux"
                            : "TERM=vt220"},
        .cgroup = {},
        .stdin_fd = tty.get(),
        .stdout_fd = tty.get(),
        .stderr_fd = tty.get(),
        .controlling_tty = true};
    const auto pid = sys::spawn(command);
    if (!pid) {
      log(LogLevel::kError, "login on '" + terminal.name + "': " + pid.error().message);
      loop_.after(kRespawnDelay, [this, terminal] { start(terminal); });
      return;
    }
    running_[*pid] = {terminal, loop_.now()};
  }

  void reap() {
    for (pid_t pid = 0; (pid = waitpid(-1, nullptr, WNOHANG)) > 0;) {
      auto ended = running_.extract(pid);
      if (ended.empty()) continue;
      const auto [terminal, since] = ended.mapped();
      const bool quick = loop_.now() - since < kQuickExit;
      loop_.after(quick ? kRespawnDelay : sys::Millis(0), [this, terminal] { start(terminal); });
    }
  }

 private:
  struct Running {
    Terminal terminal;
    sys::Millis since{};
  };
  sys::EventLoop& loop_;
  std::map<pid_t, Running> running_;
};

}  // namespace

std::vector<Terminal> terminals(const std::string& active, const std::string& autologin) {
  const auto automatic = split_words(autologin);
  std::vector<Terminal> result;
  for (auto name : split_words(active)) {
    if (name == "tty0") name = "tty1";
    const bool listed = std::ranges::find(automatic, name) != automatic.end();
    result.push_back({name, listed});
  }
  return result;
}

std::vector<std::string> login_command(const Terminal& terminal) {
  if (terminal.autologin) return {"/bin/login", "-f", "rancher"};
  return {"/sbin/getty", "0", terminal.name};
}

int console_main() {
  const sys::Files files;
  const auto active = files.read(kActivePath);
  if (!active) {
    log(LogLevel::kError, "console: " + active.error().message);
    return 1;
  }
  const auto autologin = files.read(kAutologinPath);
  auto loop = sys::EventLoop::create();
  if (!loop) return 1;
  Respawner respawner(**loop);
  const bool ready = (*loop)->on_signal(SIGCHLD, [&] { respawner.reap(); }).has_value() &&
                     (*loop)->on_signal(SIGTERM, [&] { (*loop)->stop(); }).has_value();
  if (!ready) return 1;
  for (const auto& terminal : terminals(*active, autologin.value_or(""))) respawner.start(terminal);
  return (*loop)->run().has_value() ? 0 : 1;
}

}  // namespace ros::cli
