#include "cli/console/session.h"

#include <unistd.h>

#include <vector>

#include "base/log.h"
#include "sys/process.h"

namespace ros::cli {
namespace {

constexpr auto kSshdSession = "/usr/lib/ssh/sshd-session";
constexpr int kTries = 10;

}  // namespace

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
  std::vector<std::string> words = {kSshdSession};
  words.insert(words.end(), argv + 1, argv + argc);
  log(LogLevel::kError, "session: " + sys::execute(words).message);
  return 127;
}

}  // namespace ros::cli
