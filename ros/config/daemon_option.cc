#include "config/daemon_option.h"

#include <nlohmann/json.hpp>

namespace ros::config {
namespace {

std::string dump(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string to_json_text(bool value) {
  return value ? "true" : "false";
}
std::string to_json_text(const std::string& value) {
  return dump(value);
}
std::string to_json_text(const std::vector<std::string>& value) {
  return dump(value);
}
std::string to_json_text(const std::map<std::string, std::string>& value) {
  return dump(nlohmann::json(value));
}

bool StorageDriver::read(Node& node, std::map<std::string, std::string>&, const Reading& at) {
  std::string name;
  if (!Text::read(node, name, at)) return false;
  if (name == "overlay2" || name == "overlayfs" || name == "overlay") return true;
  return at.expected(node, kName);
}

}  // namespace ros::config
