// How the state is now, for `ros state`: what it lies on, and what is wrong with it.
#pragma once

#include <string>
#include <vector>

#include "sys/files.h"
#include "sys/space.h"

namespace ros::host {

// Below this the state counts as full.
inline constexpr std::uint64_t kLeastFree = std::uint64_t{16} << 20U;  // bytes

struct StateReport {
  std::string summary;                // "/dev/vda (ext4) on /state, 1.8 of 1.9 GB free"
  std::vector<std::string> problems;  // one sentence each
};

// `target`: where the state is mounted. `space`: of it. `device`: as it is searched for,
// "LABEL=..." or another name (sys/block.h).
[[nodiscard]] StateReport look_at_state(const sys::Files& files, const std::string& target,
                                        const Result<sys::Space>& space, const std::string& device);

}  // namespace ros::host
