#include "cli/console/session.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "sys/process.h"

namespace ros::cli {
namespace {

constexpr auto kSshdSession = "/usr/lib/ssh/sshd-session";
constexpr int kTries = 10;

}  // namespace

std::vector<std::string> sshd_session_command(std::vector<std::string> options) {
  std::erase(options, "-e");
  options.insert(options.begin(), kSshdSession);
  return options;
}

Result<void> enter_session_cgroup(const sys::Files& files, const std::string& name) {
  const std::string directory = std::string(kSessionCgroups) + "/" + name;
  Result<void> moved;
  // Another session that cleans up may remove the group before anything is in it.
  for (int i = 0; i < kTries; ++i) {
    if (auto made = files.make_directories(directory); !made) return made;
    moved = files.write_value(directory + "/cgroup.procs", "0");
    if (moved || moved.error().code != ENOENT) break;
  }
  if (!moved) return moved;
  // The kernel refuses to remove a group with processes or groups in it.
  for (const auto& other : files.list(kSessionCgroups).value_or(std::vector<std::string>())) {
    const auto group = std::string(kSessionCgroups) + "/" + other;
    if (other != name && files.exists(group + "/cgroup.procs"))
      static_cast<void>(files.remove(group));
  }
  return {};
}

int session_main(int argc, char** argv) {
  const sys::Files files;
  // A login counts more than its place.
  if (const auto entered = enter_session_cgroup(files, std::to_string(getpid())); !entered)
    log(LogLevel::kError, "session: " + entered.error().message);
  // As other processes of users, whatever sshd itself has.
  if (const auto scored = files.write_value("/proc/self/oom_score_adj", "0"); !scored)
    log(LogLevel::kWarning, "session: " + scored.error().message);
  // The pipe into the service's log stays behind, and sshd-session opens /dev/null in its place:
  // containerd waits until nobody has the pipe any more before it lets go of an ended container.
  fcntl(STDERR_FILENO, F_SETFD, FD_CLOEXEC);
  log(LogLevel::kError,
      "session: " + sys::execute(sshd_session_command({argv + 1, argv + argc})).message);
  return 127;
}

}  // namespace ros::cli
