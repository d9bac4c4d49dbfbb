// The end of the machine. pid1/shutdown.cc is the only caller: a unit test looks for others.
#pragma once

#include "base/result.h"

namespace ros::sys {

enum class PowerAction { kPoweroff, kReboot, kHalt };

// The signal that asks process 1 for it, as busybox's poweroff, reboot and halt send it. Process 1
// passes it on to the manager.
[[nodiscard]] int power_signal(PowerAction action);

// Returns only on failure.
[[nodiscard]] Error end_machine(PowerAction action);

// Ctrl-Alt-Del becomes SIGINT for process 1 instead of an immediate reset.
[[nodiscard]] Result<void> ctrl_alt_del_as_signal();

}  // namespace ros::sys
