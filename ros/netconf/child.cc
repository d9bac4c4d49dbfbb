#include "netconf/child.h"

#include <csignal>

#include "sys/process.h"

namespace ros::netconf {

Result<void> Child::start(const std::string& text) {
  if (auto written = files_.write_atomic(path_, text); !written) return written;
  const auto pid = sys::spawn(
      {.argv = argv_, .environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}, .cgroup = {}});
  if (!pid) return std::unexpected(pid.error());
  pid_ = *pid;
  return {};
}

void Child::kill(int signal) const {
  if (running()) ::kill(pid_, signal);
}

bool Child::ended(pid_t pid) {
  if (pid_ == 0 || pid != pid_) return false;
  pid_ = 0;
  return true;
}

}  // namespace ros::netconf
