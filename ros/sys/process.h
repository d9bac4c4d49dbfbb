// Starting processes. No shell, no strings that are parsed: argv goes to execve(2) as it is.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "sys/event_loop.h"
#include "sys/fd.h"

namespace ros::sys {

// Lets this process have as many descriptors as its hard limit allows. Programs that it starts
// begin with the limit that it had before.
void raise_descriptor_limit();

struct Command {
  std::vector<std::string> argv;         // argv[0] is the file to run: an absolute path
  std::vector<std::string> environment;  // "NAME=value"; nothing is inherited
  std::string cgroup;                    // below /sys/fs/cgroup, "" = the caller's; must exist
  int stdin_fd = -1;                     // -1 = /dev/null
  int stdout_fd = -1;                    // -1 = the caller's
  int stderr_fd = -1;
  bool new_session = true;       // setsid(2), so that a signal to the caller's group spares it
  bool controlling_tty = false;  // stdin becomes the controlling terminal of the new session
};

// The child is a direct child of the caller, who reaps it. The child begins with default signal
// dispositions and an empty mask. A failed exec is reported here, not by an exit status.
[[nodiscard]] Result<pid_t> spawn(const Command& command);

// This process becomes the program, with its own environment and descriptors; comes back only with
// the failure.
[[nodiscard]] Error execute(const std::vector<std::string>& argv);

struct ExitStatus {
  int code = 0;                                           // exit code, when signal is 0
  int signal = 0;                                         // the signal that ended it
  [[nodiscard]] static ExitStatus from_wait(int status);  // of waitpid(2)
  [[nodiscard]] bool ok() const { return code == 0 && signal == 0; }
  // "exit status 3" or "signal 9 (Killed)"
  [[nodiscard]] std::string describe() const;
};

struct Finished {
  ExitStatus status;
  std::string output;  // standard output and error together, at most 64 KiB, cut at the front
};

// Runs to the end or kills the process group at the limit (an error that says so). Blocks the
// caller: for steps before the event loop runs, and for tools of known small duration.
[[nodiscard]] Result<Finished> run(const Command& command, Millis limit);

// Waits for a given child (waitpid on that pid only).
[[nodiscard]] Result<ExitStatus> wait_for(pid_t pid);

}  // namespace ros::sys
