// The changeable files of /etc, which lie in one directory on tmpfs, and the names of the machine.
#pragma once

#include "plan/plan.h"
#include "sys/files.h"
#include "sys/machine.h"

namespace ros::host {

[[nodiscard]] Result<void> write_etc(const plan::WriteEtc& action, const sys::Files& files);

// 32 hexadecimal digits, machine-id(5). A store that can't be written is an error, but the machine
// has an id for this boot all the same.
[[nodiscard]] Result<void> provide_machine_id(const plan::MachineId& action,
                                              const sys::Files& files);

}  // namespace ros::host
