#include "config/table.h"

#include <fmt/format.h>

#include <algorithm>

namespace ros::config {
namespace {

constexpr std::size_t kLongestName = 64;  // longer names are compared by their beginning

// Edits (insert, drop, replace, swap neighbours) from `a` to `b`.
std::size_t distance(std::string_view a, std::string_view b) {
  a = a.substr(0, kLongestName);
  b = b.substr(0, kLongestName);
  const auto width = b.size() + 1;
  std::vector<std::size_t> cells((a.size() + 1) * width);
  const auto cell = [&](std::size_t i, std::size_t j) -> std::size_t& {
    return cells[i * width + j];
  };
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cell(i, j) = i + j;
        continue;
      }
      const std::size_t other = a[i - 1] == b[j - 1] ? 0 : 1;
      cell(i, j) = std::min({cell(i - 1, j) + 1, cell(i, j - 1) + 1, cell(i - 1, j - 1) + other});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        cell(i, j) = std::min(cell(i, j), cell(i - 2, j - 2) + 1);
    }
  }
  return cells.back();
}

std::string_view nearest(std::string_view name, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  std::size_t least = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const auto candidate : candidates) {
    const auto edits = distance(name, candidate);
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

// Names directly below `prefix`.
std::vector<std::string_view> names_below(std::string_view prefix,
                                          const std::vector<std::string_view>& paths) {
  std::vector<std::string_view> names;
  for (const auto path : paths) {
    if (!path.starts_with(prefix)) continue;
    const auto rest = path.substr(prefix.size());
    names.push_back(rest.substr(0, rest.find('.')));
  }
  return names;
}

}  // namespace

std::string suggest(std::string_view name, const std::vector<std::string_view>& candidates) {
  const auto best = nearest(name, candidates);
  return best.empty() ? "" : fmt::format("; did you mean '{}'?", best);
}

void complain_unknown(const Node& node, std::string_view prefix,
                      const std::vector<std::string_view>& paths, const Reading& at) {
  // The table may hang below a service or a list entry: its own path goes in front.
  const auto table_path = at.path.substr(0, at.path.size() - prefix.size() - node.key.size());
  std::string hint;
  if (node.key.contains('.')) {
    hint = "; a dot does not nest, write one level a line";
  } else if (const auto best = nearest(node.key, names_below(prefix, paths)); !best.empty()) {
    hint = fmt::format("; did you mean '{}{}{}'?", table_path, prefix, best);
  } else {
    const auto elsewhere = std::ranges::find_if(
        paths, [&](std::string_view path) { return path.ends_with("." + node.key); });
    if (elsewhere != paths.end())
      hint = fmt::format("; did you mean '{}{}'?", table_path, *elsewhere);
  }
  at.complaints.push_back({node.key_position, at.path, "unknown key" + hint});
}

}  // namespace ros::config
