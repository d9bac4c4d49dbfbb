// YAML text -> Node tree and back. The only place that knows yaml-cpp; its exceptions end here.
//
// Bounded, so that any text is safe to read: size, depth, and number of values with aliases
// expanded. One document a text; merge keys ("<<") are understood.
#pragma once

#include <string>
#include <string_view>

#include "config/node.h"

namespace ros::config {

inline constexpr std::size_t kMaxYamlBytes = std::size_t{1} << 20U;
inline constexpr std::size_t kMaxYamlKey = 200;  // bytes
inline constexpr int kMaxYamlDepth = 64;
inline constexpr int kMaxYamlValues = 20'000;

struct ParsedYaml {
  bool ok = false;  // false: `root` is null and the last complaint says why
  Node root;
  Complaints complaints;  // besides the failure: doubled keys, tags and documents left out
};

// `origin` is where the text begins: its file, and line and column of the first character.
[[nodiscard]] ParsedYaml parse_yaml(std::string_view text, const Position& origin);

// Block style with sorted keys, ending in a newline; reads back as the same tree.
[[nodiscard]] std::string to_yaml(const Node& node);

}  // namespace ros::config
