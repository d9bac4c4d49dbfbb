// Rows for options of dockerd: key -> entry of its daemon.json. Nothing else has to change to add
// one.
//
//   daemon_option<Text, std::string, "bip">("rancher.docker.bip", "Address of docker0.")
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "config/config.h"
#include "config/table.h"

namespace ros::config {

// A text as a template argument.
template <std::size_t kSize>
struct EntryName {
  char text[kSize] = {};
  consteval EntryName(const char (&source)[kSize]) { std::copy_n(source, kSize, text); }
};

[[nodiscard]] std::string to_json_text(bool value);
[[nodiscard]] std::string to_json_text(const std::string& value);
[[nodiscard]] std::string to_json_text(const std::vector<std::string>& value);
[[nodiscard]] std::string to_json_text(const std::map<std::string, std::string>& value);

template <class Kind, class Value, EntryName kEntry>
[[nodiscard]] constexpr Row<Config> daemon_option(std::string_view path, std::string_view doc) {
  Row<Config> result;
  result.path = path;
  result.type = Kind::kName;
  result.doc = doc;
  result.shape = detail::shape_of<Kind>();
  result.read = [](Node& node, Config& config, const Reading& at) {
    Value value{};
    if (!Kind::read(node, value, at)) return false;
    config.docker.daemon[kEntry.text] = to_json_text(value);
    return true;
  };
  result.show = [](const Config&) { return Kind::show(Value{}); };
  return result;
}

// overlay2 of older engines is what overlayfs of the containerd image store is now: the only one
// that there is, so nothing is handed on.
struct StorageDriver {
  static constexpr std::string_view kName = "overlay2 or overlayfs";
  static bool read(Node& node, std::map<std::string, std::string>& daemon, const Reading& at);
};

}  // namespace ros::config
