// Waiting for a block device to appear, by kernel uevents.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "sys/event_loop.h"
#include "sys/files.h"

namespace ros::sys {

struct BlockWait {
  Millis limit{10'000};
  // Not zero: give up early when no device of any kind came or changed for so long.
  Millis quiet{0};
};

// Blocks until a device fits `spec` (find_block_device) or the wait is over; nothing then.
[[nodiscard]] Result<std::optional<std::string>> wait_for_block_device(const Files& files,
                                                                       const std::string& spec,
                                                                       const BlockWait& wait);

}  // namespace ros::sys
