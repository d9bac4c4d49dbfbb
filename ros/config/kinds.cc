#include "config/kinds.h"

#include <fmt/format.h>

#include "base/text.h"
#include "config/scalar.h"

namespace ros::config {
namespace {

// Sets `out` from a parser of scalars, or complains with its error.
template <class T, class Parse>
bool read_scalar(const Node& node, T& out, const Reading& at, std::string_view what, Parse parse) {
  if (!node.is_scalar()) return at.expected(node, what);
  auto value = parse(node.text);
  if (!value) return at.complain(node, value.error().message);
  out = *std::move(value);
  return true;
}

bool is_assignment(std::string_view text) {
  return text.find('=') != 0 && !text.empty();
}

}  // namespace

Reading Reading::child(std::string_view key) const {
  return {path.empty() ? std::string(key) : fmt::format("{}.{}", path, key), complaints,
          command_line};
}

Reading Reading::item(std::size_t index) const {
  return {fmt::format("{}[{}]", path, index), complaints, command_line};
}

bool Reading::complain(const Node& node, std::string message) const {
  complaints.push_back({node.position, path, std::move(message)});
  return false;
}

bool Reading::expected(const Node& node, std::string_view what) const {
  return complain(node, fmt::format("expected {}, got {}", what, node.describe()));
}

bool Reading::no_effect(const Node& node, std::string_view instead) const {
  const auto* const more = instead.empty() ? "" : "; ";
  complaints.push_back(
      {node.position, path, fmt::format("has no effect here{}{}", more, instead), true});
  return false;
}

void keep_children(Node& node, const std::function<bool(Node&, std::size_t)>& keep) {
  std::vector<Node> kept;
  kept.reserve(node.children.size());
  for (std::size_t i = 0; i < node.children.size(); ++i)
    if (keep(node.children[i], i)) kept.push_back(std::move(node.children[i]));
  node.children = std::move(kept);
}

bool as_list(Node& node) {
  if (!node.is_scalar()) return node.is_list();
  Node list = Node::list({});
  list.key = node.key;
  list.position = node.position;
  list.key_position = node.key_position;
  list.children.push_back(std::move(node));
  list.children.back().key.clear();
  node = std::move(list);
  return true;
}

bool Flag::read(Node& node, bool& out, const Reading& at) {
  return read_scalar(node, out, at, kName, parse_truth);
}

bool Text::read(Node& node, std::string& out, const Reading& at) {
  if (!node.is_scalar()) return at.expected(node, kName);
  out = node.text;
  return true;
}

bool TextList::read(Node& node, std::vector<std::string>& out, const Reading& at) {
  if (!as_list(node)) return at.expected(node, kName);
  out.clear();
  keep_children(node, [&](Node& item, std::size_t i) {
    return Text::read(item, out.emplace_back(), at.item(i)) || (out.pop_back(), false);
  });
  return true;
}

bool TextMap::read(Node& node, std::map<std::string, std::string>& out, const Reading& at) {
  if (!node.is_map()) return at.expected(node, kName);
  out.clear();
  keep_children(node, [&](Node& value, std::size_t) {
    return value.is_null() || Text::read(value, out[value.key], at.child(value.key)) ||
           (out.erase(value.key), false);
  });
  return true;
}

Node TextMap::show(const std::map<std::string, std::string>& value) {
  Node node = Node::map();
  for (const auto& [name, text] : value) node.set(name, Node::scalar(text, true));
  return node;
}

bool Environment::read(Node& node, std::vector<std::string>& out, const Reading& at) {
  out.clear();
  if (node.is_map()) {
    keep_children(node, [&](Node& value, std::size_t) {
      const auto here = at.child(value.key);
      if (!is_assignment(value.key) || value.key.contains('='))
        return here.complain(value, "expected a name without '='");
      std::string text;
      if (!value.is_null() && !Text::read(value, text, here)) return false;
      out.push_back(value.is_null() ? value.key : value.key + "=" + text);
      return true;
    });
    return true;
  }
  if (!as_list(node)) return at.expected(node, kName);
  keep_children(node, [&](Node& item, std::size_t i) {
    if (!item.is_scalar() || !is_assignment(item.text))
      return at.item(i).expected(item, "name=value");
    out.push_back(item.text);
    return true;
  });
  return true;
}

bool Assignments::read(Node& node, std::map<std::string, std::string>& out, const Reading& at) {
  std::vector<std::string> pairs;
  if (!Environment::read(node, pairs, at)) return false;
  out.clear();
  for (const auto& pair : pairs) {
    const auto end = pair.find('=');
    out[pair.substr(0, end)] = end == std::string::npos ? "" : pair.substr(end + 1);
  }
  return true;
}

bool Command::read(Node& node, std::vector<std::string>& out, const Reading& at) {
  if (node.is_list()) return TextList::read(node, out, at);
  return read_scalar(node, out, at, kName, split_command);
}

bool Commands::read(Node& node, std::vector<std::vector<std::string>>& out, const Reading& at) {
  if (!as_list(node)) return at.expected(node, kName);
  out.clear();
  keep_children(node, [&](Node& item, std::size_t i) {
    std::vector<std::string> argv;
    if (item.is_scalar()) {
      argv = {"sh", "-c", item.text};
    } else if (!item.is_list()) {
      return at.item(i).expected(item, "a command as text or list");
    } else if (!TextList::read(item, argv, at.item(i)) || argv.empty()) {
      return at.item(i).complain(item, "a command without words");
    }
    out.push_back(std::move(argv));
    return true;
  });
  return true;
}

Node Commands::show(const std::vector<std::vector<std::string>>& value) {
  Node node = Node::list({});
  for (const auto& argv : value) node.children.push_back(Node::list(argv));
  return node;
}

bool Bytes::read(Node& node, std::uint64_t& out, const Reading& at) {
  return read_scalar(node, out, at, kName, parse_bytes);
}

bool Octal::read(Node& node, unsigned& out, const Reading& at) {
  return read_scalar(node, out, at, kName, parse_octal);
}

bool Duration::read(Node& node, std::chrono::milliseconds& out, const Reading& at) {
  return read_scalar(node, out, at, kName, parse_duration);
}

Node Duration::show(std::chrono::milliseconds value) {
  const auto count = value.count();
  return Node::scalar(count % 1000 == 0 ? fmt::format("{}s", count / 1000)
                                        : fmt::format("{}ms", count));
}

bool read_number(const Node& node, std::int64_t minimum, std::int64_t maximum, std::int64_t& out,
                 const Reading& at) {
  const auto value = node.is_scalar() ? parse_int(node.text) : fail("");
  if (!value || *value < minimum || *value > maximum)
    return at.expected(node, fmt::format("a whole number from {} to {}", minimum, maximum));
  out = *value;
  return true;
}

}  // namespace ros::config
