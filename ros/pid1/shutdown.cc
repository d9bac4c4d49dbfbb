#include "pid1/shutdown.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <ctime>
#include <string>

#include "base/log.h"
#include "sys/event_loop.h"
#include "sys/files.h"
#include "sys/mount.h"

namespace ros::pid1 {
namespace {

using sys::Millis;

constexpr Millis kTermGrace{5'000};      // between SIGTERM and SIGKILL
constexpr Millis kKillGrace{3'000};      // for the kernel to take the processes down
constexpr Millis kUnmountLimit{20'000};  // a disk that does not answer must not hold us

Millis monotonic_now() {
  return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now().time_since_epoch());
}

// Waits for SIGCHLD, or for one of the signals that ask for power, which mean: hurry.
enum class Woken { kChild, kHurry, kTime };
Woken wait_signal(Millis limit) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signo : {SIGCHLD, SIGINT, SIGTERM, SIGUSR1, SIGUSR2}) sigaddset(&set, signo);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(limit);
  const timespec time{static_cast<time_t>(seconds.count()),
                      static_cast<long>((limit - seconds).count() * 1'000'000)};
  const int signo = sigtimedwait(&set, nullptr, &time);
  if (signo == SIGCHLD) return Woken::kChild;
  return signo > 0 ? Woken::kHurry : Woken::kTime;
}

// Reaps until no process is left; false when the limit passed or somebody is in a hurry.
bool reap_all(Millis limit) {
  const Millis deadline = monotonic_now() + limit;
  for (;;) {
    pid_t pid = 0;
    while ((pid = waitpid(-1, nullptr, WNOHANG)) > 0) {
    }
    if (pid < 0 && errno == ECHILD) return true;
    const Millis left = deadline - monotonic_now();
    if (left.count() <= 0 || wait_signal(left) == Woken::kHurry) return false;
  }
}

void end_processes() {
  kill(-1, SIGTERM);
  kill(-1, SIGCONT);
  if (reap_all(kTermGrace)) return;
  log(LogLevel::kWarning, "power: processes left after SIGTERM, killing them");
  kill(-1, SIGKILL);
  if (!reap_all(kKillGrace)) log(LogLevel::kWarning, "power: processes left after SIGKILL");
}

bool is_base(const std::string& target) {
  return target == "/" || target == "/dev" || target == "/proc" || target == "/sys" ||
         target == "/run" || target.starts_with("/dev/") || target.starts_with("/sys/") ||
         target.starts_with("/proc/");
}

// Last mounted first. What stays busy becomes read-only, so that its file system is clean.
void unmount_all() {
  sys::KernelMounter mounter;
  const auto mountinfo = sys::Files().read("/proc/self/mountinfo");
  if (!mountinfo) return;
  for (const auto& point : sys::mounts_below(*mountinfo, "/")) {
    if (is_base(point.target)) continue;
    const auto gone = mounter.unmount(point.target, false);
    if (gone || gone.error().code == EINVAL) continue;  // EINVAL: went with another one
    log(LogLevel::kDebug, "power: " + gone.error().message);
    const auto frozen = mounter.mount({"", point.target, "", {"remount", "ro"}});
    if (!frozen) log(LogLevel::kWarning, "power: " + frozen.error().message);
  }
}

// In a child of its own: each of these calls can hang for ever on a dead disk or server.
void write_out_and_unmount() {
  const pid_t pid = fork();
  if (pid == 0) {
    sync();
    unmount_all();
    sync();
    _exit(0);
  }
  if (pid < 0) {
    sync();
    return;
  }
  const Millis deadline = monotonic_now() + kUnmountLimit;
  for (;;) {
    if (waitpid(pid, nullptr, WNOHANG) != 0) return;
    const Millis left = deadline - monotonic_now();
    if (left.count() <= 0) break;
    wait_signal(left);
  }
  log(LogLevel::kError, "power: unmounting takes too long, going on without");
}

}  // namespace

void shut_down(sys::PowerAction action) {
  log(LogLevel::kNotice, "power: ending all processes");
  end_processes();
  log(LogLevel::kNotice, "power: unmounting");
  write_out_and_unmount();
  log(LogLevel::kNotice, "power: off we go");
  const Error error = sys::end_machine(action);
  log(LogLevel::kError, "power: " + error.message);
  // Without a way to switch off, stopping is the next best.
  for (;;) {
    [[maybe_unused]] const Error again = sys::end_machine(sys::PowerAction::kHalt);
    pause();
  }
}

}  // namespace ros::pid1
