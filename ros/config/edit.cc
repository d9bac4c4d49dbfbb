#include "config/edit.h"

#include <fmt/format.h>

#include "base/text.h"
#include "config/cmdline.h"
#include "config/schema.h"
#include "config/yaml.h"

namespace ros::config {
namespace {

constexpr std::string_view kPrivate[] = {"rancher.ssh", "rancher.docker.ca_key",
                                         "rancher.docker.ca_cert", "rancher.docker.server_cert",
                                         "rancher.docker.server_key"};

// The comment lines at the top of a file, the first of which says what it is.
std::string head_of(std::string_view text) {
  std::string head;
  while (text.starts_with('#')) {
    const auto end = text.find('\n');
    head += std::string(text.substr(0, end)) + "\n";
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return head.empty() ? "#cloud-config\n" : head;
}

Result<Node> parse_file(const Layer& file) {
  auto parsed = parse_yaml(file.text, {file.name, 1, 1});
  if (!parsed.ok) return fail(parsed.complaints.back().describe());
  if (parsed.root.is_null()) return Node::map();
  if (!parsed.root.is_map())
    return fail(
        fmt::format("{}: expected a map of keys, got {}", file.name, parsed.root.describe()));
  return std::move(parsed.root);
}

Complaints complaints_about(Node tree) {
  Complaints complaints;
  Config scratch;
  read_table(tree, config_table(), scratch, {"", complaints, false});
  return complaints;
}

// Puts `value` where `path` leads, making maps on the way. Nothing but a map is replaced by one: a
// list of NAME=VALUE would be lost.
Result<void> put(Node& root, const std::vector<std::string>& path, Node value) {
  Node* node = &root;
  std::string so_far;
  for (const auto& name : path) {
    if (node->is_null()) node->kind = Node::Kind::kMap;
    if (!node->is_map())
      return fail(fmt::format("{}: expected a map of keys, got {}; set '{}' as a whole", so_far,
                              node->describe(), so_far));
    so_far += so_far.empty() ? name : "." + name;
    Node* next = node->child(name);
    node = next != nullptr ? next : &node->set(name, {});
  }
  value.key = node->key;
  *node = std::move(value);
  return {};
}

// With the maps that have nothing else in them.
void take_out(Node& node, std::string_view path) {
  const auto dot = path.find('.');
  const auto name = path.substr(0, dot);
  Node* const child = node.child(name);
  if (child == nullptr) return;
  if (dot != std::string_view::npos) {
    if (child->children.empty()) return;
    take_out(*child, path.substr(dot + 1));
    if (!child->children.empty()) return;
  }
  std::erase_if(node.children, [&](const Node& each) { return each.key == name; });
}

// The file's new text. What could not be read again is refused: too much, or a key too long.
Result<std::string> text_of(const Node& root, const Layer& file) {
  auto text = head_of(file.text) + to_yaml(root);
  if (const auto again = parse_file({file.name, text}); !again)
    return fail("the result is refused: " + again.error().message);
  return text;
}

}  // namespace

Result<std::string> set_key(const Layer& file, std::string_view key, const std::string& value) {
  auto root = parse_file(file);
  if (!root) return std::unexpected(root.error());
  auto parsed = read_value(value, {"value", 1, 1});
  if (!parsed.ok) return fail(fmt::format("{}: {}", key, parsed.complaints.back().describe()));
  const auto path = key_path(key);
  if (path.empty()) return fail("expected a key");
  Node single = Node::map();
  if (auto done = put(single, path, parsed.root); !done) return std::unexpected(done.error());
  if (const auto wrong = complaints_about(single); !wrong.empty())
    return fail(fmt::format("{}: {}", wrong.front().key, wrong.front().message));
  if (auto done = put(*root, path, std::move(parsed.root)); !done)
    return fail(fmt::format("{}: {}", file.name, done.error().message));
  return text_of(*root, file);
}

Result<std::string> merge_file(const Layer& file, const Layer& added) {
  if (added.text.contains('\r')) return fail(added.name + ": has carriage returns, expected none");
  auto root = parse_file(file);
  if (!root) return std::unexpected(root.error());
  auto over = parse_file(added);
  if (!over) return std::unexpected(over.error());
  std::vector<std::string> lines;
  for (const auto& complaint : complaints_about(*over))
    if (!complaint.harmless) lines.push_back(complaint.describe());
  if (!lines.empty()) return fail(join(lines, "\n"));
  merge(*root, std::move(*over));
  return text_of(*root, file);
}

std::string export_yaml(Node merged, bool with_private) {
  for (const auto& row : config_table())
    if (row.origin == Origin::kCommandLine) take_out(merged, row.path);
  if (!with_private)
    for (const auto path : kPrivate) take_out(merged, path);
  return to_yaml(merged);
}

}  // namespace ros::config
