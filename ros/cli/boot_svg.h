// The boot as a picture: one bar for each step and service, over seconds since the kernel's start.
#pragma once

#include <string>

#include "base/result.h"

namespace ros::cli {

// `report`: what `ros boot --json` prints. An SVG 1.1 document; it stands alone, and takes the
// reader's colours for text (currentColor).
[[nodiscard]] Result<std::string> boot_svg(const std::string& report);

}  // namespace ros::cli
