// A plan for people and for programs: `ros plan` and `ros plan --json`.
#pragma once

#include <string>

#include "plan/plan.h"

namespace ros::plan {

// Aligned columns; equal plans give equal texts.
[[nodiscard]] std::string to_text(const BootPlan& plan);

// {"steps": [{"name", "what", "after"}], "services_after": [...],
//  "services": [{"name", "image", "after", "ready", "rejected"}]}, indented, with a newline.
[[nodiscard]] std::string to_json(const BootPlan& plan);

}  // namespace ros::plan
