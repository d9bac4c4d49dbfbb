#include "base/text.h"
#include "containerd/oci_parts.h"

namespace ros::containerd {
namespace {

using Json = nlohmann::json;

// Compose `devices` entry "HOST[:CONTAINER[:rwm]]".
struct Device {
  std::string host;
  std::string target;
  std::string access = "rwm";
};

Result<Device> parse_device(const std::string& text) {
  const auto parts = split(text, ':');
  if (parts.empty() || parts.size() > 3 || !parts[0].starts_with('/'))
    return fail("device '" + text + "' is not HOST[:CONTAINER[:rwm]]");
  Device device{parts[0], parts[0]};
  // "HOST:rw" is allowed too, as in Docker.
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].starts_with('/') && i == 1) {
      device.target = parts[i];
    } else if (!parts[i].empty() && parts[i].find_first_not_of("rwm") == std::string::npos) {
      device.access = parts[i];
    } else {
      return fail("device '" + text + "' is not HOST[:CONTAINER[:rwm]]");
    }
  }
  return device;
}

Json rule(const sys::DeviceNode& node, const std::string& access) {
  return {{"allow", true},
          {"type", node.block ? "b" : "c"},
          {"major", node.major},
          {"minor", node.minor},
          {"access", access}};
}

// A number of a device, or nothing for "*".
Result<void> add_number(Json& json, const char* key, const std::string& text) {
  if (text == "*") return {};
  const auto number = parse_int(text);
  if (!number || *number < 0) return fail("'" + text + "' is no device number");
  json[key] = *number;
  return {};
}

// Compose `device_cgroup_rules` entry "c 13:* rwm".
Result<Json> parse_rule(const std::string& text) {
  const std::string what = "device rule '" + text + "'";
  const auto words = split_words(text);
  const auto numbers = words.size() == 3 ? split(words[1], ':') : words;
  if (words.size() != 3 || numbers.size() != 2 || (words[0] != "c" && words[0] != "b") ||
      words[2].find_first_not_of("rwm") != std::string::npos)
    return fail(what + " is not 'c|b MAJOR:MINOR rwm'");
  Json json = {{"allow", true}, {"type", words[0]}, {"access", words[2]}};
  if (const auto set = add_number(json, "major", numbers[0]); !set)
    return context(what, set.error());
  if (const auto set = add_number(json, "minor", numbers[1]); !set)
    return context(what, set.error());
  return json;
}

}  // namespace

Result<DeviceParts> oci_devices(const SpecInput& input) {
  const auto& service = input.service;
  DeviceParts parts{Json::array(), Json::array()};
  if (service.privileged) {
    // The host's /dev is bound, so there are no nodes to make.
    parts.rules.push_back({{"allow", true}, {"access", "rwm"}});
    return parts;
  }
  // The runtime adds null, zero, full, random, urandom, tty and the pseudo-terminals.
  parts.rules.push_back({{"allow", false}, {"access", "rwm"}});
  for (const auto& text : service.devices) {
    const Result<Device> device = parse_device(text);
    if (!device) return std::unexpected(device.error());
    const Result<sys::DeviceNode> node = input.device(device->host);
    if (!node) return std::unexpected(node.error());
    parts.nodes.push_back({{"path", device->target},
                           {"type", node->block ? "b" : "c"},
                           {"major", node->major},
                           {"minor", node->minor},
                           {"fileMode", node->mode},
                           {"uid", node->uid},
                           {"gid", node->gid}});
    parts.rules.push_back(rule(*node, device->access));
  }
  for (const auto& text : service.device_rules) {
    auto allowed = parse_rule(text);
    if (!allowed) return std::unexpected(allowed.error());
    parts.rules.push_back(*std::move(allowed));
  }
  if (!service.tty_device.empty()) {
    const Result<sys::DeviceNode> node = input.device(service.tty_device);
    if (!node) return std::unexpected(node.error());
    parts.rules.push_back(rule(*node, "rwm"));
  }
  return parts;
}

}  // namespace ros::containerd
