// Layers of configuration text -> one typed Config, and what was wrong with them. Pure.
//
//   auto result = load({{"os-config.yml", text, true}, {"user-data", user_text}}, command_line);
//
// Never fails: what is wrong is left out, with a complaint. Of a layer that does not parse the
// parts that do are kept (salvage.h).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.h"
#include "config/node.h"

namespace ros::config {

// Where a layer was read.
enum class Medium {
  kFile,   // of the system image or the state
  kDisc,   // a NoCloud disc that belongs to the machine
  kStick,  // one that somebody has plugged in
};

struct Layer {
  std::string name;  // as complaints call it: the file's path
  std::string text;
  bool built_in = false;  // part of the system image
  bool services = false;  // a map of services, as it stands below rancher.services
  Medium medium = Medium::kFile;
  // Why `text` is what the file held before, and not what it holds now.
  std::optional<Complaint> problem = std::nullopt;
  friend bool operator==(const Layer&, const Layer&) = default;
};

struct LoadResult {
  Config config;
  Complaints complaints;  // by layer, then by place
  Node merged;            // what is in effect, as a tree
};

// Later layers win over earlier ones, the kernel command line over all. Which discs are read is not
// for a disc to say.
[[nodiscard]] LoadResult load(const std::vector<Layer>& layers, std::string_view command_line);

// Why the text of a layer can't be read as a whole; nothing when it can, whatever its values mean.
[[nodiscard]] std::optional<Complaint> problem_of(const Layer& layer);

// The files of services that the layers and the kernel command line include, sorted.
[[nodiscard]] std::vector<std::string> included_services(const std::vector<Layer>& layers,
                                                         std::string_view command_line);

// What `ros config get KEY` prints: a single value and a newline; a list or map as YAML and an
// empty line. A key that is not set gives its default, an unknown one an empty line, no key
// nothing.
[[nodiscard]] std::string get(const Node& merged, std::string_view key);

}  // namespace ros::config
