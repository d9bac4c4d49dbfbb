// The kernel command line as a configuration layer: `rancher.KEY[=VALUE]` and `cc.KEY[=VALUE]`, the
// latter for top-level keys. Pure functions over any text, bounded in time and depth.
//
// Words end at blanks outside quotes and brackets; a bare key means true. A value that begins with
// a quote or bracket is YAML, any other is taken as it stands. Words after " -- " count too.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/table.h"
#include "config/yaml.h"

namespace ros::config {

inline constexpr std::string_view kCommandLineName = "/proc/cmdline";
inline constexpr std::size_t kMaxCommandLine = 16U << 10U;  // bytes; the kernel's limit is 4096

struct Assignment {
  std::string key;  // "cc." removed
  Node value;       // with key_position
  bool bare = false;
};

struct CommandLine {
  std::vector<Assignment> assignments;  // in the order given
  Complaints complaints;
};

// A value given as one word: YAML when it begins with a quote or bracket, else the text as it
// stands.
[[nodiscard]] ParsedYaml read_value(const std::string& text, const Position& position);

// The keys that lead to a dotted key, one a level. What lies below a map of texts is one name, dots
// and all ("rancher.sysctl.net.ipv4.ip_forward").
[[nodiscard]] std::vector<std::string> key_path(std::string_view key);

[[nodiscard]] CommandLine parse_command_line(std::string_view text);

// As a tree: keys nest at dots except below a map of texts, a list takes an item each time its key
// is given, else the last one wins.
[[nodiscard]] Node command_line_tree(const CommandLine& line, std::span<const Row<Config>> table,
                                     Complaints& complaints);

}  // namespace ros::config
