// Node: a YAML value as a tree, every value with the place it came from. Plain data, freely copied.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/source.h"

namespace ros::config {

struct Node {
  enum class Kind { kNull, kScalar, kList, kMap };

  Kind kind = Kind::kNull;
  std::string text;            // kScalar
  bool quoted = false;         // kScalar: a text even when it reads like a number or a truth value
  std::vector<Node> children;  // kList: items; kMap: values, each with its key
  std::string key;             // of a map's child, unique within the map
  Position position;
  Position key_position;

  [[nodiscard]] static Node scalar(std::string text, bool quoted = false);
  [[nodiscard]] static Node list(const std::vector<std::string>& items);
  [[nodiscard]] static Node map();

  [[nodiscard]] bool is_null() const { return kind == Kind::kNull; }
  [[nodiscard]] bool is_scalar() const { return kind == Kind::kScalar; }
  [[nodiscard]] bool is_list() const { return kind == Kind::kList; }
  [[nodiscard]] bool is_map() const { return kind == Kind::kMap; }

  // Child of a map, or null.
  [[nodiscard]] const Node* child(std::string_view name) const;
  [[nodiscard]] Node* child(std::string_view name);
  // Puts `value` under `name`, in place of what was there.
  Node& set(std::string_view name, Node value);

  // "'maybe'", "a list", "a map", "nothing": what was found, for complaints.
  [[nodiscard]] std::string describe() const;
};

// `over` on top of `base`: maps merge key by key, everything else is replaced. Positions follow
// the value that won.
void merge(Node& base, Node over);

// Follows a dotted path; keys may hold dots themselves ("rancher.sysctl.net.ipv4.ip_forward").
// Null when there is no such value.
[[nodiscard]] const Node* find(const Node& node, std::string_view path);

}  // namespace ros::config
