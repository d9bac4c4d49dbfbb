#include <nlohmann/json.hpp>

#include "containerd/oci_spec.h"

namespace ros::containerd {
namespace {

using Json = nlohmann::json;

// A missing or null member leaves `to` empty.
Result<void> read(const Json& object, const char* name, std::string& to) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return {};
  if (!found->is_string()) return fail(std::string("'") + name + "' is no text");
  to = found->get<std::string>();
  return {};
}

Result<void> read(const Json& object, const char* name, std::vector<std::string>& to) {
  const auto found = object.find(name);
  if (found == object.end() || found->is_null()) return {};
  if (!found->is_array()) return fail(std::string("'") + name + "' is no list");
  for (const Json& item : *found) {
    if (!item.is_string()) return fail(std::string("'") + name + "' is no list of texts");
    to.push_back(item.get<std::string>());
  }
  return {};
}

}  // namespace

Result<ImageConfig> parse_image_config(const std::string& json) {
  const Json document = Json::parse(json, nullptr, false);
  if (!document.is_object()) return fail("image configuration is no JSON object");
  ImageConfig config;
  const auto found = document.find("config");
  if (found == document.end() || found->is_null()) return config;
  if (!found->is_object()) return fail("image configuration: 'config' is no object");
  for (const auto& done :
       {read(*found, "Entrypoint", config.entrypoint), read(*found, "Cmd", config.command),
        read(*found, "Env", config.environment), read(*found, "WorkingDir", config.working_dir),
        read(*found, "User", config.user)}) {
    if (!done) return context("image configuration", done.error());
  }
  return config;
}

}  // namespace ros::containerd
