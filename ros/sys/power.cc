#include "sys/power.h"

#include <linux/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

namespace ros::sys {
namespace {

long reboot_call(unsigned command) {
  return syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, command, nullptr);
}

unsigned command_of(PowerAction action) {
  switch (action) {
    case PowerAction::kPoweroff:
      return LINUX_REBOOT_CMD_POWER_OFF;
    case PowerAction::kReboot:
      return LINUX_REBOOT_CMD_RESTART;
    case PowerAction::kHalt:
      return LINUX_REBOOT_CMD_HALT;
  }
  return LINUX_REBOOT_CMD_RESTART;
}

}  // namespace

int power_signal(PowerAction action) {
  switch (action) {
    case PowerAction::kPoweroff:
      return SIGUSR2;
    case PowerAction::kReboot:
      return SIGINT;
    case PowerAction::kHalt:
      return SIGUSR1;
  }
  return SIGINT;
}

Error end_machine(PowerAction action) {
  reboot_call(command_of(action));
  return fail_errno("reboot").error();
}

Result<void> ctrl_alt_del_as_signal() {
  if (reboot_call(LINUX_REBOOT_CMD_CAD_OFF) != 0) return fail_errno("ctrl-alt-del as a signal");
  return {};
}

}  // namespace ros::sys
