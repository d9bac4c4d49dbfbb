// Content that was compressed to fit into a provider's limit for user data (RFC 1952).
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace ros::config {

[[nodiscard]] bool is_gzip(std::string_view data);

// Error: damaged, cut off, followed by something else, or more than `most` bytes when unpacked.
[[nodiscard]] Result<std::string> gunzip(std::string_view data, std::size_t most);

}  // namespace ros::config
