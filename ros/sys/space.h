// Room on a file system.
#pragma once

#include <cstdint>
#include <string>

#include "sys/files.h"

namespace ros::sys {

struct Space {
  std::uint64_t total = 0;  // bytes
  std::uint64_t free = 0;   // for anybody: without what is kept for root
};

// Of the file system that `path` lies on.
[[nodiscard]] Result<Space> space_of(const Files& files, const std::string& path);

}  // namespace ros::sys
