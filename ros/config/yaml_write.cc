#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "config/scalar.h"
#include "config/yaml.h"

namespace ros::config {
namespace {

// Double quotes for what single quotes can't hold.
std::string quoted_text(std::string_view text) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; };
  std::string result;
  if (std::ranges::none_of(text, control)) {
    for (const char c : text) result += c == '\'' ? std::string("''") : std::string(1, c);
    return "'" + result + "'";
  }
  for (const char c : text) {
    if (c == '\n') {
      result += "\\n";
    } else if (c == '\t') {
      result += "\\t";
    } else if (control(c)) {
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      if (c == '"' || c == '\\') result += '\\';
      result += c;
    }
  }
  return "\"" + result + "\"";
}

// Several lines of ordinary characters read best as they are.
bool fits_literal(std::string_view text) {
  return text.contains('\n') && text[0] != ' ' && text[0] != '\n' && text[0] != '\t' &&
         std::ranges::none_of(text, [](char c) {
           return (static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\t') || c == 127;
         });
}

class Writer {
 public:
  // The value after "key:" or "-"; the column is that of the lines below.
  void value(const Node& node, int column) {
    const bool children = !node.children.empty();
    if (node.is_map() && children) {
      out_ += '\n';
      map(node, column, false);
    } else if (node.is_list() && children) {
      out_ += '\n';
      list(node, column, false);
    } else {
      out_ += " " + flat(node, column) + "\n";
    }
  }

  void map(const Node& node, int column, bool first_placed) {
    std::vector<const Node*> sorted;
    for (const auto& child : node.children) sorted.push_back(&child);
    std::ranges::stable_sort(sorted, {}, &Node::key);
    for (const auto* const child : sorted) {
      if (!first_placed) indent(column);
      first_placed = false;
      out_ += needs_quotes(child->key) ? quoted_text(child->key) : child->key;
      out_ += ':';
      value(*child, child->is_list() ? column : column + 2);
    }
  }

  void list(const Node& node, int column, bool first_placed) {
    for (const auto& item : node.children) {
      if (!first_placed) indent(column);
      first_placed = false;
      out_ += '-';
      if (item.children.empty()) {
        value(item, column + 2);
      } else {
        out_ += ' ';
        block(item, column + 2);
      }
    }
  }

  // A list or map whose first line has begun.
  void block(const Node& node, int column) {
    node.is_map() ? map(node, column, true) : list(node, column, true);
  }

  std::string flat(const Node& node, int column) {
    if (node.is_list()) return "[]";
    if (node.is_map()) return "{}";
    if (node.is_null()) return "null";
    if (fits_literal(node.text)) return literal(node.text, column);
    const bool plain = node.quoted ? !needs_quotes(node.text) : is_plain(node.text);
    return plain ? node.text : quoted_text(node.text);
  }

  std::string take() { return std::move(out_); }

 private:
  void indent(int column) { out_.append(static_cast<std::size_t>(column), ' '); }

  static std::string literal(std::string_view text, int column) {
    const auto last = text.find_last_not_of('\n');
    const auto ends = last == std::string_view::npos ? text.size() : text.size() - last - 1;
    std::string result = ends == 0 ? "|-" : ends == 1 ? "|" : "|+";
    if (ends > 0) text.remove_suffix(1);
    for (const auto& line : split(text, '\n')) {
      result += '\n';
      if (!line.empty()) result += std::string(static_cast<std::size_t>(column), ' ') + line;
    }
    return result;
  }

  std::string out_;
};

}  // namespace

std::string to_yaml(const Node& node) {
  Writer writer;
  if (node.children.empty()) return writer.flat(node, 2) + "\n";
  writer.block(node, 0);
  return writer.take();
}

}  // namespace ros::config
