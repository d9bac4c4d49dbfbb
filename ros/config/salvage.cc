#include "config/salvage.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
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
constexpr std::string_view kOfOneLine = "ssh_authorized_keys";  // each item, wherever it stands
constexpr std::string_view kOfFiles[] = {"container", "content", "encoding",
                                         "owner",     "path",    "permissions"};

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

// What any key of a configuration looks like.
bool is_plain(std::string_view key) {
  const auto fits = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == '*' || c == '/';
  };
  return !key.empty() && std::ranges::all_of(key, fits);
}

// A plain word, perhaps in quotes, and a colon.
bool is_key(const Line& line) {
  auto key = key_of(line);
  const auto rest = line.body.substr(std::min(line.body.size(), key.size()));
  const bool quoted =
      key.size() > 2 && key.front() == key.back() && (key.front() == '"' || key.front() == '\'');
  if (quoted) key = key.substr(1, key.size() - 2);
  return is_plain(key) && (rest == ":" || rest.starts_with(": "));
}

// Of the kind that is wanted. yaml-cpp takes a text whose quotes are never closed for a key.
bool is_whole(const ParsedYaml& parsed, bool list) {
  if (!parsed.ok) return false;
  if (list) return parsed.root.is_list();
  return parsed.root.is_map() && std::ranges::all_of(parsed.root.children, is_plain, &Node::key);
}

int count_of(const Node& node) {
  int count = 1;
  for (const auto& value : node.children) count += count_of(value);
  return count;
}

class Salvage {
 public:
  Salvage(std::string file, ParsedYaml& result) : file_(std::move(file)), result_(result) {}

  // The children of a map or list, all of whose lines these are. A line that begins none belongs to
  // the one before it, and spoils it.
  Node children(Lines lines, const std::string& path, bool list) {
    Node node;
    node.kind = list ? Node::Kind::kList : Node::Kind::kMap;
    const auto level = level_of(lines, path.empty(), list);
    const auto begins = [&](const Line& line) {
      return (line.indent == level || path == kOfOneLine) && begins_child(line, list);
    };
    for (std::size_t begin = 0; begin < lines.size();) {
      auto end = begin + 1;
      while (end < lines.size() && !begins(lines[end])) ++end;
      part(lines.subspan(begin, end - begin), path, list, node);
      begin = end;
    }
    return node;
  }

 private:
  static bool begins_child(const Line& line, bool list) {
    if (line.says_nothing()) return false;
    return list ? line.is_item() : is_key(line);
  }

  // The column of the children: that of the first one. Those of the file are nobody's children, so
  // there one that stands too far right is none.
  static std::size_t level_of(Lines lines, bool file, bool list) {
    std::size_t level = std::string::npos;
    for (const auto& line : lines) {
      if (!begins_child(line, list)) continue;
      if (!file) return line.indent;
      level = std::min(level, line.indent);
    }
    return level;
  }

  void part(Lines lines, const std::string& path, bool list, Node& parent) {
    const auto first = std::ranges::find_if_not(lines, &Line::says_nothing);
    if (first == lines.end()) return;
    lines = lines.subspan(static_cast<std::size_t>(first - lines.begin()));
    if (left_out_ > kMostLeftOut || values_ > kMaxYamlValues) return;
    const auto& head = lines.front();
    if (parent.position.line == 0)
      parent.position = {file_, head.number, static_cast<int>(head.indent) + 1};
    auto parsed = parse(lines);
    if (parsed.ok && parsed.root.is_null()) return;  // the mark of a document, for one
    if (is_whole(parsed, list)) {
      std::ranges::move(parsed.complaints, std::back_inserter(result_.complaints));
      for (auto& child : parsed.root.children) add(std::move(child), parent);
      return;
    }
    const auto name = list ? std::string() : std::string(key_of(head));
    const auto below = path.empty() ? name : path + "." + name;
    if (auto kept = in_parts(lines, name, below)) return add(*std::move(kept), parent);
    if (!list) leave_out_cut_list(lines, name, parent);
    const bool kept = list && add_first_line(lines, parent);
    leave_out(kept ? lines[1] : head,
              list ? fmt::format("{}[{}]", path, parent.children.size()) : below, parsed);
  }

  // What stands below a key that is wrong may belong to the list before it, which then is not
  // whole: its items, or a line of its last one.
  void leave_out_cut_list(Lines lines, const std::string& name, Node& parent) {
    const auto item = [&](const Line& line) {
      return line.indent == lines.front().indent && line.is_item();
    };
    if (parent.children.empty() || !parent.children.back().is_list()) return;
    auto& before = parent.children.back();
    const bool files = before.key == "write_files" && one_of(kOfFiles, name);
    const bool others = !one_of(kLists, before.key) && std::ranges::any_of(lines, item);
    if (!files && !others) return;
    result_.complaints.push_back({before.key_position, before.key,
                                  fmt::format("{} left out, as what follows may belong to it",
                                              files ? "the last one is" : "is")});
    if (others || before.children.empty())
      parent.children.pop_back();
    else
      before.children.pop_back();
  }

  // An item of one line, such as a key for SSH, below which something stands that is wrong.
  bool add_first_line(Lines lines, Node& parent) {
    auto parsed = parse(lines.first(1));
    const auto& items = parsed.root.children;
    if (lines.size() == 1 || !parsed.ok || !parsed.root.is_list() || items.size() != 1 ||
        !items.front().is_scalar())
      return false;
    add(std::move(parsed.root.children.front()), parent);
    return true;
  }

  // Of the value of a key whose children stand below it and mean something on their own.
  std::optional<Node> in_parts(Lines lines, const std::string& name, const std::string& path) {
    const bool list = one_of(kLists, path);
    const auto& head = lines.front();
    if (name.empty() || (!list && !one_of(kMaps, path))) return std::nullopt;
    if (!trim(head.body.substr(0, head.body.find(" #"))).ends_with(':')) return std::nullopt;
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
