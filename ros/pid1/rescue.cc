#include "pid1/rescue.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "sys/console.h"
#include "sys/fd.h"
#include "sys/files.h"
#include "sys/process.h"

namespace ros::pid1 {
namespace {

constexpr auto kShell = "/bin/busybox";

void print(int fd, std::string_view text) {
  // A console that can't be written has no reader either.
  [[maybe_unused]] const ssize_t written = write(fd, text.data(), text.size());
}

// Line mode and echo are off while it lives: any key counts, not only Enter.
class KeyMode {
 public:
  explicit KeyMode(int fd) : fd_(fd), terminal_(tcgetattr(fd, &saved_) == 0) {
    if (!terminal_) return;
    termios raw = saved_;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    tcsetattr(fd_, TCSAFLUSH, &raw);
  }
  KeyMode(const KeyMode&) = delete;
  KeyMode& operator=(const KeyMode&) = delete;
  ~KeyMode() {
    if (terminal_) tcsetattr(fd_, TCSAFLUSH, &saved_);
  }

 private:
  int fd_;
  termios saved_{};
  bool terminal_;
};

std::vector<sys::UniqueFd> open_consoles() {
  std::vector<sys::UniqueFd> consoles;
  for (const auto& path : sys::console_paths(sys::Files())) {
    // Without O_NONBLOCK the open itself could wait for a modem's carrier.
    sys::UniqueFd fd(open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (!fd.valid()) continue;
    fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) & ~O_NONBLOCK);
    consoles.push_back(std::move(fd));
  }
  return consoles;
}

// The console where somebody answered `prompt` with a key, -1 when nobody did.
int ask_for_key(const std::vector<sys::UniqueFd>& consoles, const std::string& prompt,
                std::chrono::seconds limit) {
  std::deque<KeyMode> modes;  // before the prompt: a key pressed right after it counts
  std::vector<pollfd> waits;
  for (const auto& console : consoles) {
    modes.emplace_back(console.get());
    waits.push_back({console.get(), POLLIN, 0});
    print(console.get(), prompt);
  }
  const std::chrono::milliseconds milliseconds = limit;
  if (poll(waits.data(), waits.size(), static_cast<int>(milliseconds.count())) < 1) return -1;
  const auto pressed =
      std::ranges::find_if(waits, [](const pollfd& wait) { return (wait.revents & POLLIN) != 0; });
  return pressed == waits.end() ? -1 : pressed->fd;
}

void run_shell(int console) {
  const sys::Command shell{
      .argv = {kShell, "sh", "-l"},
      .environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "TERM=linux", "HOME=/", "PS1=rescue# "},
      .cgroup = {},
      .stdin_fd = console,
      .stdout_fd = console,
      .stderr_fd = console,
      .controlling_tty = true};
  const auto pid = sys::spawn(shell);
  if (!pid) {
    print(console, pid.error().message + "\n");
    return;
  }
  const auto status = sys::wait_for(*pid);
  if (!status) log(LogLevel::kError, status.error().message);
}

}  // namespace

void panic(std::string_view reason) {
  log(LogLevel::kError, reason);
  _exit(1);
}

void rescue(std::string_view reason, std::chrono::seconds limit) {
  log(LogLevel::kError, reason);
  const auto consoles = open_consoles();
  if (consoles.empty()) panic("no console for a rescue shell");
  const std::string prompt = "\n*** Roster OS: " + std::string(reason) +
                             "\n*** Press a key within " + std::to_string(limit.count()) +
                             " s for a rescue shell, else the machine stops.\n";
  const int chosen = ask_for_key(consoles, prompt, limit);
  if (chosen < 0) panic(reason);
  print(chosen, "*** 'exit' tries to boot again, 'reboot -f' starts the machine anew.\n");
  run_shell(chosen);
}

}  // namespace ros::pid1
