#include <algorithm>

#include "containerd/oci_parts.h"

namespace ros::containerd {
namespace {

using Json = nlohmann::json;

bool applies(const Json& entry, const std::vector<std::string>& capabilities) {
  const auto has = [&](const Json& name) {
    return std::ranges::find(capabilities, name.get<std::string>()) != capabilities.end();
  };
  return std::ranges::all_of(entry.value("caps", Json::array()), has) &&
         std::ranges::none_of(entry.value("not_caps", Json::array()), has);
}

}  // namespace

Result<Json> oci_seccomp(const std::string& profile, const std::vector<std::string>& capabilities) {
  try {
    Json json = Json::parse(profile);
    Json entries = Json::array();
    for (auto& entry : json.at("syscalls")) {
      if (!applies(entry, capabilities)) continue;
      entry.erase("caps");
      entry.erase("not_caps");
      entries.push_back(std::move(entry));
    }
    json["syscalls"] = std::move(entries);
    return json;
  } catch (const Json::exception& error) {
    return fail(std::string("seccomp profile: ") + error.what());
  }
}

}  // namespace ros::containerd
