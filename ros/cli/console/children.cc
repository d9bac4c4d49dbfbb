#include "cli/console/children.h"

#include <sys/wait.h>

#include <csignal>
#include <vector>

namespace ros::cli {

Result<void> Children::begin() {
  return loop_.on_signal(SIGCHLD, [this] { reap(); });
}

Result<pid_t> Children::start(const sys::Command& command, Ended ended) {
  auto pid = sys::spawn(command);
  if (pid) running_[*pid] = std::move(ended);
  return pid;
}

// By pid, never -1: processes that sys::run() waits for in another thread are not ours.
void Children::reap() {
  std::vector<std::pair<Ended, sys::ExitStatus>> gone;
  for (auto child = running_.begin(); child != running_.end();) {
    int status = 0;
    if (waitpid(child->first, &status, WNOHANG) <= 0) {
      ++child;
      continue;
    }
    gone.emplace_back(std::move(child->second), sys::ExitStatus::from_wait(status));
    child = running_.erase(child);
  }
  for (const auto& [ended, status] : gone) ended(status);
}

}  // namespace ros::cli
