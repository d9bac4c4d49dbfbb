#include "sys/process.h"

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstring>
#include <optional>

namespace ros::sys {
namespace {

constexpr std::size_t kOutputLimit = std::size_t{64} << 10U;
constexpr auto kCgroupRoot = "/sys/fs/cgroup";

// What the child reports when it could not become the program.
struct ChildFailure {
  enum Step : int { kTerminal, kDescriptors, kExec } step;
  int code;
};

constexpr std::array<const char*, 3> kStepNames = {"take the terminal", "set up descriptors",
                                                   "execute"};

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (const auto& text : texts) result.push_back(const_cast<char*>(text.c_str()));
  result.push_back(nullptr);
  return result;
}

// fork(2), or clone3(2) straight into a cgroup: a later move would wait for an RCU grace period.
pid_t fork_into(int cgroup_fd) {
  if (cgroup_fd < 0) return fork();
  clone_args arguments{};
  arguments.flags = CLONE_INTO_CGROUP;
  arguments.exit_signal = SIGCHLD;
  arguments.cgroup = static_cast<std::uint64_t>(cgroup_fd);
  return static_cast<pid_t>(syscall(SYS_clone3, &arguments, sizeof arguments));
}

std::optional<rlimit> descriptors_before;  // raise_descriptor_limit()

void default_signals() {
  struct sigaction action{};
  action.sa_handler = SIG_DFL;
  for (int signo = 1; signo < NSIG; ++signo) sigaction(signo, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// 0, 1 and 2 from the wanted descriptors, in whatever order those overlap.
bool place_descriptors(std::array<int, 3> wanted) {
  for (int& fd : wanted) {
    fd = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (fd < 0) return false;
  }
  for (int target = 0; target < 3; ++target)
    if (dup2(wanted[static_cast<std::size_t>(target)], target) < 0) return false;
  return true;
}

[[noreturn]] void give_up(int report_fd, ChildFailure::Step step) {
  const ChildFailure failure{step, errno};
  [[maybe_unused]] const ssize_t written = write(report_fd, &failure, sizeof failure);
  _exit(127);
}

// In the child: only async-signal-safe calls from here to execve.
[[noreturn]] void become(const Command& command, char* const* argv, char* const* environment,
                         int null_fd, int report_fd) {
  default_signals();
  if (descriptors_before) setrlimit(RLIMIT_NOFILE, &*descriptors_before);
  if (command.new_session) setsid();
  const auto or_else = [](int fd, int fallback) { return fd >= 0 ? fd : fallback; };
  report_fd = fcntl(report_fd, F_DUPFD_CLOEXEC, 3);
  if (!place_descriptors({or_else(command.stdin_fd, null_fd), or_else(command.stdout_fd, 1),
                          or_else(command.stderr_fd, 2)}))
    give_up(report_fd, ChildFailure::kDescriptors);
  if (command.controlling_tty && ioctl(0, TIOCSCTTY, 0) != 0)
    give_up(report_fd, ChildFailure::kTerminal);
  // Nothing but the three goes along, whatever a library forgot to mark.
  syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC);
  execve(argv[0], argv, environment);
  give_up(report_fd, ChildFailure::kExec);
}

void keep_tail(std::string& text) {
  if (text.size() > kOutputLimit) text.erase(0, text.size() - kOutputLimit);
}

// Appends what can be read now; false at the end of the stream.
bool drain(int fd, std::string& text) {
  std::array<char, 4096> chunk;
  for (;;) {
    const ssize_t count = read(fd, chunk.data(), chunk.size());
    if (count == 0) return false;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno == EAGAIN;
    text.append(chunk.data(), static_cast<std::size_t>(count));
    keep_tail(text);
  }
}

Millis monotonic_now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::chrono::duration_cast<Millis>(std::chrono::seconds(time.tv_sec) +
                                            std::chrono::nanoseconds(time.tv_nsec));
}

// Collects output until the process ends; false when the limit passed first.
bool collect(int process_fd, int output_fd, Millis limit, std::string& output) {
  const Millis deadline = monotonic_now() + limit;
  bool open = true;
  for (;;) {
    const Millis left = deadline - monotonic_now();
    if (left.count() <= 0) return false;
    std::array<pollfd, 2> waits = {pollfd{process_fd, POLLIN, 0},
                                   pollfd{open ? output_fd : -1, POLLIN, 0}};
    if (poll(waits.data(), waits.size(), static_cast<int>(left.count())) < 0) continue;
    if (waits[1].revents != 0) open = drain(output_fd, output);
    if (waits[0].revents != 0) {
      if (open) drain(output_fd, output);
      return true;
    }
  }
}

}  // namespace

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  descriptors_before = limit;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

Result<pid_t> spawn(const Command& command) {
  const auto what = [&] { return "run '" + command.argv.front() + "'"; };
  if (command.argv.empty()) return fail("run: no program given");
  UniqueFd cgroup;
  if (!command.cgroup.empty()) {
    const std::string path = kCgroupRoot + ("/" + command.cgroup);
    cgroup.reset(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!cgroup.valid()) return fail_errno(what() + ": cgroup '" + command.cgroup + "'");
  }
  UniqueFd null_fd;
  if (command.stdin_fd < 0) {
    null_fd.reset(open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!null_fd.valid()) return fail_errno(what() + ": open '/dev/null'");
  }
  std::array<int, 2> pipe_fds{};
  if (pipe2(pipe_fds.data(), O_CLOEXEC) != 0) return fail_errno(what() + ": pipe");
  const UniqueFd report(pipe_fds[0]);
  UniqueFd report_end(pipe_fds[1]);
  const auto argv = pointers(command.argv);
  const auto environment = pointers(command.environment);

  const pid_t pid = fork_into(cgroup.get());
  if (pid < 0) return fail_errno(what() + ": fork");
  if (pid == 0) become(command, argv.data(), environment.data(), null_fd.get(), report_end.get());

  report_end.reset();
  ChildFailure failure{};
  ssize_t count = 0;
  while ((count = read(report.get(), &failure, sizeof failure)) < 0 && errno == EINTR) {
  }
  if (count != sizeof failure) return pid;
  waitpid(pid, nullptr, 0);
  const std::string step = kStepNames[static_cast<std::size_t>(failure.step)];
  return fail_errno(failure.step == ChildFailure::kExec ? what() : what() + ": " + step,
                    failure.code);
}

Error execute(const std::vector<std::string>& argv) {
  if (argv.empty()) return fail("run: no program given").error();
  execv(argv.front().c_str(), pointers(argv).data());
  return fail_errno("run '" + argv.front() + "'").error();
}

std::string ExitStatus::describe() const {
  if (signal == 0) return "exit status " + std::to_string(code);
  return "signal " + std::to_string(signal) + " (" + strsignal(signal) + ")";
}

ExitStatus ExitStatus::from_wait(int status) {
  if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

Result<ExitStatus> wait_for(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0)
    if (errno != EINTR) return fail_errno("wait for process " + std::to_string(pid));
  return ExitStatus::from_wait(status);
}

Result<Finished> run(const Command& command, Millis limit) {
  std::array<int, 2> pipe_fds{};
  if (pipe2(pipe_fds.data(), O_CLOEXEC) != 0) return fail_errno("pipe");
  const UniqueFd output(pipe_fds[0]);
  UniqueFd output_end(pipe_fds[1]);
  fcntl(output.get(), F_SETFL, O_NONBLOCK);

  Command started = command;
  started.stdout_fd = started.stderr_fd = output_end.get();
  const auto pid = spawn(started);
  if (!pid) return std::unexpected(pid.error());
  output_end.reset();
  const UniqueFd process(static_cast<int>(syscall(SYS_pidfd_open, *pid, 0)));

  Finished finished;
  const bool in_time = collect(process.get(), output.get(), limit, finished.output);
  if (!in_time) kill(command.new_session ? -*pid : *pid, SIGKILL);
  const auto status = wait_for(*pid);
  if (!status) return std::unexpected(status.error());
  if (!in_time)
    return fail_errno(
        "run '" + command.argv.front() + "' (limit " + std::to_string(limit.count()) + " ms)",
        ETIMEDOUT);
  finished.status = *status;
  return finished;
}

}  // namespace ros::sys
