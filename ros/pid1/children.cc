#include "pid1/children.h"

#include <fcntl.h>
#include <sys/wait.h>

#include "base/log.h"
#include "sys/files.h"
#include "sys/restart_delay.h"

namespace ros::pid1 {

using control::pid1::Child;
using control::pid1::ChildState;
using control::pid1::ChildStatus;

Children::Children(sys::EventLoop& loop, const Table& table, std::string cgroup, Ended ended)
    : loop_(loop), table_(table), cgroup_(std::move(cgroup)), ended_(std::move(ended)) {
  for (std::size_t i = 0; i < states_.size(); ++i) states_[i].wanted = table_[i].wanted;
}

void Children::start_wanted() {
  for (std::size_t i = 0; i < states_.size(); ++i) {
    if (!states_[i].wanted || states_[i].pid != 0) continue;
    if (const auto started = start(i); !started) log(LogLevel::kError, started.error().message);
  }
}

Result<void> Children::want(Child id) {
  State& state = states_[index(id)];
  state.wanted = true;
  if (state.pid != 0 || state.timer != 0) return {};
  return start(index(id));
}

Result<void> Children::start(std::size_t i) {
  State& state = states_[i];
  // Into the kernel's log, like process 1 itself: the console belongs to people.
  const sys::UniqueFd log_fd(open("/dev/kmsg", O_WRONLY | O_CLOEXEC));
  sys::Command command{.argv = {},
                       .environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"},
                       .cgroup = cgroup_,
                       .stdout_fd = log_fd.get(),
                       .stderr_fd = log_fd.get()};
  for (const char* const argument : table_[i].argv)
    if (argument != nullptr) command.argv.emplace_back(argument);
  state.started = loop_.now();
  const auto pid = sys::spawn(command);
  if (!pid) {
    restart_later(i);
    return std::unexpected(pid.error());
  }
  state.pid = *pid;
  // Between fork and here it has the score of process 1, which is lower.
  const auto scored = sys::Files().write_value("/proc/" + std::to_string(*pid) + "/oom_score_adj",
                                               std::to_string(table_[i].oom_score_adj));
  if (!scored && scored.error().code != ENOENT) log(LogLevel::kWarning, scored.error().message);
  return {};
}

void Children::restart_later(std::size_t i) {
  State& state = states_[i];
  const bool quick = loop_.now() - state.started < sys::kHealthyRun;
  state.quick_ends = quick ? state.quick_ends + 1 : 0;
  ++state.restarts;
  state.timer = loop_.after(sys::restart_delay(state.quick_ends), [this, i] {
    states_[i].timer = 0;
    if (const auto started = start(i); !started) log(LogLevel::kError, started.error().message);
  });
}

void Children::reap() {
  int status = 0;
  for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
    for (std::size_t i = 0; i < states_.size(); ++i)
      if (states_[i].pid == pid) on_end(i, sys::ExitStatus::from_wait(status));
}

void Children::on_end(std::size_t i, const sys::ExitStatus& status) {
  const Child id = table_[i].id;
  states_[i].pid = 0;
  restart_later(i);
  log(LogLevel::kWarning,
      "'" + std::string(name(id)) + "' ended (" + status.describe() + "), starts again in " +
          std::to_string(sys::restart_delay(states_[i].quick_ends).count()) + " ms");
  ended_(id);
}

pid_t Children::pid(Child id) const {
  return states_[index(id)].pid;
}

ChildStatus Children::status(Child id) const {
  const State& state = states_[index(id)];
  const ChildState summary = state.pid != 0 ? ChildState::kRunning
                             : state.wanted ? ChildState::kRestarting
                                            : ChildState::kNotStarted;
  return {id, summary, state.pid, state.restarts};
}

}  // namespace ros::pid1
