#include "config/datasources.h"

#include <fmt/format.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "base/text.h"

namespace ros::config {
namespace {

struct Datasource {
  std::string_view name;
  bool supported = false;
};
constexpr auto kDatasources = std::to_array<Datasource>({
    {"nocloud", true},
    {"proxmox", true},  // RancherOS's name for the NoCloud disc that Proxmox attaches
    {"*", true},        // all of RancherOS's, proxmox among them
    {"aliyun"},
    {"azure"},
    {"cloudstack"},
    {"cmdline"},
    {"configdrive"},
    {"digitalocean"},
    {"ec2"},
    {"exoscale"},
    {"file"},
    {"gce"},
    {"packet"},
    {"tftp"},
    {"url"},
    {"vmware"},
});

// Null for a name that nobody knows.
const Datasource* find_datasource(const std::string& text) {
  const std::string name = text.substr(0, text.find(':'));
  const auto* const found = std::ranges::find_if(kDatasources, [&](const Datasource& source) {
    return name.size() == source.name.size() &&
           strncasecmp(name.data(), source.name.data(), name.size()) == 0;
  });
  return found == kDatasources.end() ? nullptr : found;
}

std::string all_names() {
  std::vector<std::string> names;
  for (const auto& source : kDatasources) names.emplace_back(source.name);
  return join(names, ", ");
}

}  // namespace

bool Datasources::read(Node& node, std::optional<bool>& out, const Reading& at) {
  if (!as_list(node)) return at.expected(node, kName);
  const bool none_given = node.children.empty();
  bool disc = false;
  std::vector<std::string> unsupported;
  keep_children(node, [&](Node& item, std::size_t i) {
    const auto* const source = item.is_scalar() ? find_datasource(item.text) : nullptr;
    if (source == nullptr) return at.item(i).expected(item, "one of " + all_names());
    if (!source->supported) unsupported.push_back(item.text);
    disc = disc || source->supported;
    return true;
  });
  if (!unsupported.empty())
    at.complain(node, fmt::format("not supported yet: {}", join(unsupported, ", ")));
  // A misspelt name must not keep the machine from its configuration.
  if (node.children.empty() && !none_given) return false;
  out = disc;
  return true;
}

}  // namespace ros::config
