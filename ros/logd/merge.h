// Lines of several logs as one. Pure.
#pragma once

#include <string>
#include <vector>

namespace ros::logd {

// By the time in UTC that each line begins with ("2026-11-23T23:25:13.042", what follows does not
// count); equal times keep the order of the lists. `prefixes` go in front of the lines of the list
// with the same index. At most the last `count` lines.
[[nodiscard]] std::vector<std::string> merge_by_time(
    const std::vector<std::vector<std::string>>& lists, const std::vector<std::string>& prefixes,
    std::size_t count);

}  // namespace ros::logd
