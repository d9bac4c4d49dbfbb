#include "config/salvage.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/text.h"

namespace ros::config {
namespace {

constexpr std::size_t kMostLeftOut = 20;  // parts; each may cost as much as a whole file

// Values whose children mean something on their own.
constexpr std::string_view kMaps[] = {"", "rancher", "rancher.services"};
constexpr std::string_view kLists[] = {"ssh_authorized_keys", "write_files"};

bool one_of(std::span<const std::string_view> list, std::string_view path) {
  return std::ranges::find(list, path) != list.end();
}

struct Line {
  std::string_view text;
  int number = 0;
  std::size_t indent = 0;
  std::string_view body;  // without blanks at both ends

  [[nodiscard]] bool says_nothing() const { return body.empty() || body.starts_with('#'); }
  [[nodiscard]] bool is_item() const { return body == "-" || body.starts_with("- "); }
};
using Lines = std::span<const Line>;

std::vector<Line> lines_of(std::string_view text, int number) {
  std::vector<Line> lines;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    lines.push_back(
        {line, number++, std::min(line.find_first_not_of(' '), line.size()), trim(line)});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

// The key before the colon of a line; "" when there is none.
std::string_view key_of(const Line& line) {
  const auto colon = line.body.find(':');
  return colon == std::string_view::npos ? "" : trim(line.body.substr(0, colon));
}

int count_of(const Node& node) {
  int count = 1;
  for (const auto& value : node.children) count += count_of(value);
  return count;
}

class Salvage {
 public:
  Salvage(std::string file, ParsedYaml& result) : file_(std::move(file)), result_(result) {}

  // The children of a map or list, all of whose lines these are.
  Node children(Lines lines, const std::string& path, bool list) {
    Node node;
    node.kind = list ? Node::Kind::kList : Node::Kind::kMap;
    const auto first = std::ranges::find_if_not(lines, &Line::says_nothing);
    if (first == lines.end()) return node;
    node.position = {file_, first->number, static_cast<int>(first->indent) + 1};
    auto indent = first->indent;
    for (const auto& line : lines)
      if (!line.says_nothing()) indent = std::min(indent, line.indent);
    for (std::size_t begin = 0; begin < lines.size();) {
      auto end = begin + 1;
      while (end < lines.size() && !begins_part(lines[end], indent, list)) ++end;
      part(lines.subspan(begin, end - begin), path, list, node);
      begin = end;
    }
    return node;
  }

 private:
  // A key's list may stand as far left as the key.
  static bool begins_part(const Line& line, std::size_t indent, bool list) {
    return !line.says_nothing() && line.indent <= indent && (list || !line.is_item());
  }

  void part(Lines lines, const std::string& path, bool list, Node& parent) {
    const auto first = std::ranges::find_if_not(lines, &Line::says_nothing);
    if (first == lines.end()) return;
    lines = lines.subspan(static_cast<std::size_t>(first - lines.begin()));
    if (left_out_ > kMostLeftOut || values_ > kMaxYamlValues) return;
    auto parsed = parse(lines);
    if (parsed.ok && parsed.root.is_null()) return;  // the mark of a document, for one
    if (parsed.ok && (list ? parsed.root.is_list() : parsed.root.is_map())) {
      std::ranges::move(parsed.complaints, std::back_inserter(result_.complaints));
      for (auto& child : parsed.root.children) add(std::move(child), parent);
      return;
    }
    const auto name = list ? std::string() : std::string(key_of(lines.front()));
    const auto below = path.empty() ? name : path + "." + name;
    if (auto kept = in_parts(lines, name, below)) {
      add(*std::move(kept), parent);
      return;
    }
    if (!list) add_stray_items(lines.subspan(1), parent);
    if (list && add_first_line(lines, parent)) lines = lines.subspan(1);
    leave_out(lines.front(), list ? fmt::format("{}[{}]", path, parent.children.size()) : below,
              parsed);
  }

  // A line that is wrong may stand among the items of the list before it.
  void add_stray_items(Lines lines, Node& parent) {
    if (lines.empty() || !lines.front().is_item() || parent.children.empty()) return;
    auto& before = parent.children.back();
    if (!before.is_list() || !one_of(kLists, before.key)) return;
    auto items = children(lines, before.key, true);
    std::ranges::move(items.children, std::back_inserter(before.children));
  }

  // An item of one line, such as a key for SSH, below which something stands that is wrong.
  bool add_first_line(Lines lines, Node& parent) {
    auto parsed = parse(lines.first(1));
    const auto& items = parsed.root.children;
    if (lines.size() == 1 || !parsed.ok || items.size() != 1 || !items.front().is_scalar())
      return false;
    add(std::move(parsed.root.children.front()), parent);
    return true;
  }

  // Of the value of a key whose children stand below it and mean something on their own.
  std::optional<Node> in_parts(Lines lines, const std::string& name, const std::string& path) {
    const bool list = one_of(kLists, path);
    const auto& head = lines.front();
    if (name.empty() || (!list && !one_of(kMaps, path))) return std::nullopt;
    if (!head.body.ends_with(':')) return std::nullopt;
    Node node = children(lines.subspan(1), path, list);
    if (node.children.empty()) return std::nullopt;
    node.key = name;
    node.key_position = {file_, head.number, static_cast<int>(head.indent) + 1};
    return node;
  }

  ParsedYaml parse(Lines lines) const {
    std::string text;
    for (const auto& line : lines) text.append(line.text).append("\n");
    return parse_yaml(text, {file_, lines.front().number, 1});
  }

  void add(Node child, Node& parent) {
    values_ += count_of(child);
    if (child.is_null() && one_of(kLists, child.key)) child.kind = Node::Kind::kList;
    if (parent.is_map()) {
      const std::string key = child.key;
      parent.set(key, std::move(child));
    } else {
      parent.children.push_back(std::move(child));
    }
  }

  void leave_out(const Line& line, const std::string& path, ParsedYaml& parsed) {
    Complaint complaint{{file_, line.number, static_cast<int>(line.indent) + 1}, path, ""};
    if (++left_out_ > kMostLeftOut) {
      complaint.key.clear();
      complaint.message = "more is wrong from here on; the rest of the file is left out";
    } else if (parsed.ok) {
      complaint.message = "expected 'KEY: VALUE'; this part is left out";
    } else {
      complaint = std::move(parsed.complaints.back());
      complaint.key = path;
      complaint.message += "; this part is left out, the rest of the file is in effect";
    }
    result_.complaints.push_back(std::move(complaint));
  }

  std::string file_;
  ParsedYaml& result_;
  std::size_t left_out_ = 0;
  int values_ = 0;
};

}  // namespace

ParsedYaml salvage_yaml(std::string_view text, const Position& origin) {
  ParsedYaml result;
  if (text.size() > kMaxYamlBytes) return result;
  const auto lines = lines_of(text, origin.line);
  result.root = Salvage(origin.file, result).children(lines, "", false);
  result.ok = !result.root.children.empty();
  return result;
}

}  // namespace ros::config
