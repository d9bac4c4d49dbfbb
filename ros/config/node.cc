#include "config/node.h"

#include <algorithm>

namespace ros::config {
namespace {

constexpr std::size_t kLongestQuote = 40;

}  // namespace

Node Node::scalar(std::string text, bool quoted) {
  Node node;
  node.kind = Kind::kScalar;
  node.text = std::move(text);
  node.quoted = quoted;
  return node;
}

Node Node::list(const std::vector<std::string>& items) {
  Node node;
  node.kind = Kind::kList;
  for (const auto& item : items) node.children.push_back(scalar(item, true));
  return node;
}

Node Node::map() {
  Node node;
  node.kind = Kind::kMap;
  return node;
}

const Node* Node::child(std::string_view name) const {
  if (!is_map()) return nullptr;
  const auto found = std::ranges::find(children, name, &Node::key);
  return found == children.end() ? nullptr : &*found;
}

Node* Node::child(std::string_view name) {
  if (!is_map()) return nullptr;
  const auto found = std::ranges::find(children, name, &Node::key);
  return found == children.end() ? nullptr : &*found;
}

Node& Node::set(std::string_view name, Node value) {
  value.key = std::string(name);
  if (Node* const present = child(name)) return *present = std::move(value);
  return children.emplace_back(std::move(value));
}

std::string Node::describe() const {
  switch (kind) {
    case Kind::kNull:
      return "nothing";
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a map";
    case Kind::kScalar:
      break;
  }
  auto cut = std::min(text.size(), kLongestQuote);
  while (cut < text.size() && (text[cut] & 0xC0) == 0x80) --cut;  // not inside a UTF-8 character
  std::string shown = "'" + text.substr(0, cut);
  std::ranges::replace_if(shown, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  return shown + (cut < text.size() ? "...'" : "'");
}

void merge(Node& base, Node over) {
  if (!base.is_map() || !over.is_map()) {
    over.key = std::move(base.key);
    base = std::move(over);
    return;
  }
  base.position = over.position;
  base.key_position = over.key_position;
  for (auto& value : over.children) {
    if (Node* const present = base.child(value.key)) {
      merge(*present, std::move(value));
    } else {
      base.children.push_back(std::move(value));
    }
  }
}

const Node* find(const Node& node, std::string_view path) {
  if (!node.is_map()) return nullptr;
  for (const auto& value : node.children) {
    if (value.key == path) return &value;
    if (!path.starts_with(value.key) || path[value.key.size()] != '.') continue;
    if (const Node* const found = find(value, path.substr(value.key.size() + 1))) return found;
  }
  return nullptr;
}

}  // namespace ros::config
