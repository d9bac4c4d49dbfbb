#include "config/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "config/cmdline.h"
#include "config/dependencies.h"
#include "config/environment.h"
#include "config/gzip.h"
#include "config/salvage.h"
#include "config/scalar.h"
#include "config/schema.h"
#include "config/yaml.h"

namespace ros::config {
namespace {

constexpr std::size_t kMaxComplaints = 50;  // per layer

// What else user-data may be, by how it begins.
struct Foreign {
  std::string_view start;
  std::string_view what;
};
constexpr Foreign kForeign[] = {
    {"#!/", "a script; scripts as user-data are not supported"},
    {"#compose", "a compose file; write its services below rancher.services"},
    {"#include", "a list of addresses; only '#cloud-config' is supported"},
    {"Content-Type:", "a multipart message; only '#cloud-config' is supported"},
    {"MIME-Version:", "a multipart message; only '#cloud-config' is supported"},
};

std::string_view foreign(std::string_view text) {
  for (const auto& format : kForeign)
    if (text.starts_with(format.start)) return format.what;
  return "";
}

// Checks a layer's tree against the table; what is wrong is complained about and taken out.
void check(Node& tree, bool command_line, Complaints& complaints) {
  Config scratch;
  read_table(tree, config_table(), scratch, {"", complaints, command_line});
}

void add_limited(Complaints found, const std::string& file, Complaints& complaints) {
  const auto total = found.size();
  if (total > kMaxComplaints) found.resize(kMaxComplaints);
  std::ranges::move(found, std::back_inserter(complaints));
  if (total > kMaxComplaints)
    complaints.push_back({{file}, "", fmt::format("{} more complaints", total - kMaxComplaints)});
}

// The tree under keys of its own, the innermost first.
Node below(Node tree, const std::vector<std::string>& keys) {
  for (const auto& key : keys) {
    Node map = Node::map();
    map.position = map.key_position = tree.key_position = tree.position;
    map.set(key, std::move(tree));
    tree = std::move(map);
  }
  return tree;
}

// The text itself; gzip is unpacked.
Result<std::string> plain_text(const std::string& text) {
  if (!is_gzip(text)) return text;
  return gunzip(text, kMaxYamlBytes);
}

// A map, or not `ok` with the reason as the last complaint.
ParsedYaml parse_layer(std::string_view text, const std::string& name) {
  const Position start{name, 1, 1};
  const auto refuse = [](const Position& position, std::string reason) {
    ParsedYaml refused;
    refused.complaints.push_back({position, "", std::move(reason)});
    return refused;
  };
  if (const auto what = foreign(text); !what.empty()) return refuse(start, std::string(what));
  auto parsed = parse_yaml(text, start);
  if (!parsed.ok || parsed.root.is_map()) return parsed;
  if (parsed.root.is_null())
    parsed.root = Node::map();
  else
    parsed = refuse(parsed.root.position,
                    fmt::format("expected a map of keys, got {}", parsed.root.describe()));
  return parsed;
}

// The layer, or what can be kept of it.
ParsedYaml parse_or_salvage(std::string_view text, const std::string& name) {
  auto parsed = parse_layer(text, name);
  if (parsed.ok) return parsed;
  auto& reason = parsed.complaints.back().message;
  auto kept = foreign(text).empty() ? salvage_yaml(text, {name, 1, 1}) : ParsedYaml();
  if (!kept.ok) {
    parsed.root = Node::map();
    reason += "; the file is left out";
    return parsed;
  }
  if (kept.complaints.empty()) {
    reason += "; what can be read as part of the file is in effect";
    kept.complaints = std::move(parsed.complaints);
  }
  return kept;
}

Node read_layer(const Layer& layer, Complaints& complaints) {
  if (layer.problem) {
    complaints.push_back(*layer.problem);
    complaints.back().message += "; the last good version of this file is in effect";
  }
  const auto text = plain_text(layer.text);
  if (!text) {
    complaints.push_back({{layer.name}, "", text.error().message + "; the file is left out"});
    return Node::map();
  }
  auto parsed = parse_or_salvage(*text, layer.name);
  std::ranges::move(parsed.complaints, std::back_inserter(complaints));
  if (layer.services) parsed.root = below(std::move(parsed.root), {"services", "rancher"});
  check(parsed.root, false, complaints);
  Node* const rancher = parsed.root.child("rancher");
  if (layer.medium != Medium::kFile && rancher != nullptr)
    std::erase_if(rancher->children, [](const Node& node) { return node.key == "cloud_init"; });
  return std::move(parsed.root);
}

Node read_command_line(std::string_view text, Complaints& complaints) {
  auto line = parse_command_line(text);
  complaints = std::move(line.complaints);
  Node tree = command_line_tree(line, config_table(), complaints);
  check(tree, true, complaints);
  return tree;
}

// rancher.debug turns on the debug logs of what it starts.
void spread_debug(Node& merged) {
  const Node* const debug = find(merged, "rancher.debug");
  if (debug == nullptr || !debug->is_scalar() || !parse_truth(debug->text).value_or(false)) return;
  Node value = *debug;
  Node docker = Node::map();
  docker.position = docker.key_position = debug->position;
  docker.set("debug", std::move(value));
  Node rancher = Node::map();
  rancher.set("docker", std::move(docker));
  Node* const present = merged.child("rancher");
  rancher.position = present->position;
  rancher.key_position = present->key_position;
  merge(*present, std::move(rancher));
}

// What can only be judged once all layers are merged.
void check_services(Config& config, Complaints& complaints) {
  for (auto& service : config.services) {
    const auto key = "rancher.services." + service.name;
    if (service.image.empty()) {
      config.rejected[service.name] = "no image";
      complaints.push_back({service.position, key, "has no image; it is not started"});
    }
    if (service.ready.kind == ReadinessKind::kHealth && service.healthcheck.test.empty()) {
      service.ready.kind = ReadinessKind::kStarted;
      complaints.push_back(
          {service.position, key, "readiness 'health' without a healthcheck; 'started' is taken"});
    }
  }
  check_dependencies(config, complaints);
}

void check_docker(const Config& config, const Node& merged, Complaints& complaints) {
  if (!config.docker.lacks_certificates()) return;
  constexpr std::string_view kKey = "rancher.docker.tls";
  complaints.push_back(
      {find(merged, kKey)->position, std::string(kKey),
       "needs ca_cert, server_cert and server_key; until they are there, addresses of the network "
       "in rancher.docker.host do not count"});
}

// What is made gets a label, so another kind of name means a state that exists.
void check_autoformat(const Config& config, const Node& merged, Complaints& complaints) {
  const auto& device = config.state.device;
  if (config.state.autoformat.empty() || device.empty() || device.starts_with("LABEL=")) return;
  constexpr std::string_view kKey = "rancher.state.autoformat";
  complaints.push_back({find(merged, kKey)->position, std::string(kKey),
                        fmt::format("nothing is formatted: rancher.state.dev is '{}', which is no "
                                    "LABEL=",
                                    device)});
}

// A container is a service; what is left of `merged` has one entry for each file.
void check_files(Config& config, const Node& merged, Complaints& complaints) {
  const Node* const list = find(merged, "write_files");
  std::size_t i = 0;
  std::erase_if(config.write_files, [&](const WriteFile& file) {
    const auto index = i++;
    const auto& name = file.container;
    if (name.empty() || name == "console" || config.service(name) != nullptr) return false;
    complaints.push_back({list->children.at(index).position,
                          fmt::format("write_files[{}].container", index),
                          fmt::format("no service '{}'; the file is not written", name)});
    return true;
  });
}

}  // namespace

LoadResult load(const std::vector<Layer>& layers, std::string_view command_line) {
  LoadResult result;
  result.merged = Node::map();
  std::set<std::string> built_in;
  for (const auto& layer : layers) {
    if (layer.built_in) built_in.insert(layer.name);
    Complaints found;
    merge(result.merged, read_layer(layer, found));
    add_limited(std::move(found), layer.name, result.complaints);
  }
  Complaints found;
  merge(result.merged, read_command_line(command_line, found));
  add_limited(std::move(found), std::string(kCommandLineName), result.complaints);

  spread_debug(result.merged);
  Complaints known;  // every one was made for its layer
  Node tree = result.merged;
  interpolate_services(tree, result.complaints);
  read_table(tree, config_table(), result.config, {"", known, true});
  resolve_environment(result.config);
  for (auto& service : result.config.services)
    service.built_in = built_in.contains(service.position.file);
  check_services(result.config, result.complaints);
  check_docker(result.config, result.merged, result.complaints);
  check_autoformat(result.config, result.merged, result.complaints);
  check_files(result.config, result.merged, result.complaints);
  return result;
}

std::optional<Complaint> problem_of(const Layer& layer) {
  const auto text = plain_text(layer.text);
  if (!text) return Complaint{{layer.name}, "", text.error().message};
  auto parsed = parse_layer(*text, layer.name);
  if (parsed.ok) return std::nullopt;
  return std::move(parsed.complaints.back());
}

std::vector<std::string> included_services(const std::vector<Layer>& layers,
                                           std::string_view command_line) {
  std::vector<std::string> files;
  for (const auto& [file, included] : load(layers, command_line).config.services_include)
    if (included) files.push_back(file);
  return files;
}

std::string get(const Node& merged, std::string_view key) {
  if (key.empty()) return "";
  const Node* const found = find(merged, key);
  const auto* const entry = find_row(config_table(), key);
  Node value;
  if (found != nullptr && !found->is_null()) {
    value = *found;
  } else if (entry != nullptr && entry->show != nullptr) {
    value = entry->show(Config{});
  } else if (is_section(config_table(), key)) {
    value = Node::map();
  }
  if (value.is_null()) return "\n";
  if (!value.is_scalar()) return to_yaml(value) + "\n";
  const bool flag = entry != nullptr && entry->type == Flag::kName;
  if (flag) return Flag::show(parse_truth(value.text).value_or(false)).text + "\n";
  return value.text + "\n";
}

}  // namespace ros::config
