#include "pid1/rescue.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <string>

#include "base/log.h"
#include "sys/fd.h"
#include "sys/process.h"

namespace ros::pid1 {
namespace {

constexpr auto kShell = "/bin/busybox";

void print(int fd, std::string_view text) {
  // A console that can't be written has no reader either.
  [[maybe_unused]] const ssize_t written = write(fd, text.data(), text.size());
}

// Any key, not only Enter: the console's line mode is off while waiting.
bool wait_for_key(int fd, std::chrono::seconds limit) {
  termios saved{};
  const bool terminal = tcgetattr(fd, &saved) == 0;
  if (terminal) {
    termios raw = saved;
    raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    tcsetattr(fd, TCSAFLUSH, &raw);
  }
  pollfd wait{fd, POLLIN, 0};
  const std::chrono::milliseconds milliseconds = limit;
  const bool pressed =
      poll(&wait, 1, static_cast<int>(milliseconds.count())) == 1 && (wait.revents & POLLIN) != 0;
  if (terminal) tcsetattr(fd, TCSAFLUSH, &saved);
  return pressed;
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
  const sys::UniqueFd console(open("/dev/console", O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!console.valid()) panic("no console for a rescue shell");
  print(console.get(), "\n*** Roster OS: " + std::string(reason) + "\n*** Press a key within " +
                           std::to_string(limit.count()) +
                           " s for a rescue shell, else the machine stops.\n");
  if (!wait_for_key(console.get(), limit)) panic(reason);
  print(console.get(), "*** 'exit' tries to boot again, 'reboot -f' starts the machine anew.\n");
  run_shell(console.get());
}

}  // namespace ros::pid1
