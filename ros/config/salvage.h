// What can be kept of YAML that does not parse: one mistake must not cost the keys and addresses in
// the rest of a file.
//
// The text is cut by its indentation into parts that mean something on their own: the keys of the
// file, of `rancher` and of `rancher.services`, the items of `ssh_authorized_keys` and of
// `write_files`. A part that does not parse is left out, with a complaint that names it; everything
// else is as if that part were not there. Anchors don't reach from one part into another.
#pragma once

#include <string_view>

#include "config/yaml.h"

namespace ros::config {

// `ok` says that something was kept. Bounded like parse_yaml: what is too large is left out whole.
[[nodiscard]] ParsedYaml salvage_yaml(std::string_view text, const Position& origin);

}  // namespace ros::config
