#include "config/environment.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "base/text.h"

namespace ros::config {
namespace {

using Variables = std::map<std::string, std::string>;

// Those that service `name` sees: its own over everybody's.
Variables seen_by(const std::string& name, const std::vector<std::string>& assignments) {
  Variables common, own;
  for (const auto& assignment : assignments) {
    const auto end = assignment.find('=');
    if (end == std::string::npos) continue;
    const auto key = assignment.substr(0, end);
    const auto slash = key.find('/');
    if (slash == std::string::npos) common[key] = assignment.substr(end + 1);
    if (slash != std::string::npos && key.substr(0, slash) == name)
      own[key.substr(slash + 1)] = assignment.substr(end + 1);
  }
  own.merge(common);
  return own;
}

bool is_name_character(char c, bool first) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  return letter || (!first && c >= '0' && c <= '9');
}

// Length of the name at the beginning of `text`.
std::size_t name_length(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size() && is_name_character(text[length], length == 0)) ++length;
  return length;
}

struct Reference {
  std::string_view name;
  std::optional<std::string_view> fallback;
  bool empty_counts = true;  // as set
  std::size_t size = 0;      // characters it takes, with the `$`
};

// What stands at a `$`; a reference without a name is none.
Reference reference_at(std::string_view text) {
  const bool braces = text.size() > 1 && text[1] == '{';
  const auto body = text.substr(braces ? 2 : 1);
  const auto length = name_length(body);
  if (length == 0) return {};
  Reference found{.name = body.substr(0, length), .fallback = {}, .size = length + 1};
  if (!braces) return found;
  const auto end = body.find('}');
  if (end == std::string_view::npos) return {};
  auto rest = body.substr(length, end - length);
  found.size = end + 3;
  if (rest.empty()) return found;
  found.empty_counts = !rest.starts_with(':');
  if (!found.empty_counts) rest.remove_prefix(1);
  if (!rest.starts_with('-')) return {};
  found.fallback = rest.substr(1);
  return found;
}

class Interpolation {
 public:
  Interpolation(const Variables& variables, Complaints& complaints)
      : variables_(variables), complaints_(complaints) {}

  void apply(Node& node, const std::string& path) {
    if (node.is_scalar() && node.text.contains('$')) node.text = expand(node, path);
    for (auto& child : node.children)
      apply(child, child.key.empty() ? path : path + "." + child.key);
  }

 private:
  std::string expand(const Node& node, const std::string& path) {
    const std::string_view text = node.text;
    std::string result;
    for (std::size_t i = 0; i < text.size();) {
      const auto found = text[i] == '$' ? reference_at(text.substr(i)) : Reference{};
      if (text[i] == '$' && i + 1 < text.size() && text[i + 1] == '$') {
        result += '$';
        i += 2;
      } else if (found.name.empty()) {
        result += text[i++];
      } else {
        result += value_of(found, node, path);
        i += found.size;
      }
    }
    return result;
  }

  std::string value_of(const Reference& reference, const Node& node, const std::string& path) {
    const auto known = variables_.find(std::string(reference.name));
    const bool set = known != variables_.end();
    if (set && (reference.empty_counts || !known->second.empty())) return known->second;
    if (reference.fallback) return std::string(*reference.fallback);
    if (!set)
      complaints_.push_back(
          {node.position, path,
           fmt::format("'{}' is not in rancher.environment; nothing stands for it",
                       reference.name)});
    return "";
  }

  const Variables& variables_;
  Complaints& complaints_;
};

std::vector<std::string> assignments_of(const Node& tree) {
  const Node* const found = find(tree, "rancher.environment");
  std::vector<std::string> assignments;
  if (found == nullptr) return assignments;
  for (const auto& child : found->children)
    if (child.is_scalar())
      assignments.push_back(child.key.empty() ? child.text : child.key + "=" + child.text);
  return assignments;
}

}  // namespace

void interpolate_services(Node& tree, Complaints& complaints) {
  const auto assignments = assignments_of(tree);
  Node* const rancher = tree.child("rancher");
  Node* const services = rancher != nullptr ? rancher->child("services") : nullptr;
  if (services == nullptr) return;
  for (auto& service : services->children) {
    const auto variables = seen_by(service.key, assignments);
    Interpolation(variables, complaints).apply(service, "rancher.services." + service.key);
  }
}

void resolve_environment(Config& config) {
  for (auto& service : config.services) {
    const auto variables = seen_by(service.name, config.environment);
    std::vector<std::string> resolved;
    for (auto& entry : service.environment) {
      if (entry.contains('=')) {
        resolved.push_back(std::move(entry));
        continue;
      }
      for (const auto& [name, value] : variables)
        if (glob_match(entry, name)) resolved.push_back(name + "=" + value);
    }
    service.environment = std::move(resolved);
  }
  std::erase_if(config.environment, [](const auto& variable) { return !variable.contains('='); });
}

}  // namespace ros::config
