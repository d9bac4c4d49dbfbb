// The end of the machine. pid1/shutdown.cc is the only caller: a unit test looks for others.
#pragma once

#include "base/result.h"

namespace ros::sys {

enum class PowerAction { kPoweroff, kReboot, kHalt };

// The signal that asks for it: SIGUSR2 (poweroff) and SIGUSR1 (halt) as busybox sends them, SIGINT
// (reboot) as ctrl-alt-del does. Process 1 passes it on to the manager, for which SIGTERM means no
// more than "end".
[[nodiscard]] int power_signal(PowerAction action);

// Returns only on failure.
[[nodiscard]] Error end_machine(PowerAction action);

// Ctrl-Alt-Del becomes SIGINT for process 1 instead of an immediate reset.
[[nodiscard]] Result<void> ctrl_alt_del_as_signal();

}  // namespace ros::sys
