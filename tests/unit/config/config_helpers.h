#pragma once

#include <string>
#include <vector>

#include "config/load.h"

namespace ros::tests {

// Complaints as users see them.
inline std::vector<std::string> lines(const config::Complaints& complaints) {
  std::vector<std::string> result;
  for (const auto& complaint : complaints) result.push_back(complaint.describe());
  return result;
}

// One user file "user" on top of nothing.
inline config::LoadResult load_text(const std::string& text, const std::string& cmdline = "") {
  return config::load({{"user", text}}, cmdline);
}

using Lines = std::vector<std::string>;

}  // namespace ros::tests
