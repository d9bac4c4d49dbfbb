// The state partition of a disk image, enlarged to the end of the disk that the image was put on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "plan/plan.h"
#include "sys/files.h"
#include "sys/machine.h"

namespace ros::host {

// What has to become larger. Sectors of 512 bytes, the unit of /sys.
struct Growth {
  std::string disk;       // "/dev/vda"
  std::string partition;  // "/dev/vda5"
  unsigned number = 0;
  std::uint64_t start = 0;  // sectors
  std::uint64_t size = 0;   // sectors that the partition should have
  bool table = false;       // the partition is smaller than that
  bool file_system = false;
  friend bool operator==(const Growth&, const Growth&) = default;
};

// Nothing when the state is not an ext4 partition of that name, when another partition lies behind
// it, or when there is less than a MiB to win.
[[nodiscard]] std::optional<Growth> find_growth(const plan::GrowState& action,
                                                const sys::Files& files);

// While it is mounted. May be cut off at any point: what is left is done the next time.
[[nodiscard]] Result<void> grow_state(const plan::GrowState& action, const sys::Files& files,
                                      sys::Machine& machine);

}  // namespace ros::host
