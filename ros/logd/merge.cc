#include "logd/merge.h"

#include <algorithm>
#include <string_view>

namespace ros::logd {
namespace {

constexpr std::size_t kStampSize = std::string_view("2026-11-23T23:25:13.042").size();

struct Line {
  std::string_view stamp;
  std::size_t list;
  const std::string* text;
};

}  // namespace

std::vector<std::string> merge_by_time(const std::vector<std::vector<std::string>>& lists,
                                       const std::vector<std::string>& prefixes,
                                       std::size_t count) {
  std::vector<Line> lines;
  for (std::size_t list = 0; list < lists.size(); ++list)
    for (const auto& text : lists[list])
      lines.push_back({std::string_view(text).substr(0, kStampSize), list, &text});
  std::ranges::stable_sort(lines, {}, &Line::stamp);
  std::vector<std::string> merged;
  for (std::size_t i = lines.size() - std::min(lines.size(), count); i < lines.size(); ++i)
    merged.push_back(prefixes[lines[i].list] + *lines[i].text);
  return merged;
}

}  // namespace ros::logd
