#include "config/cmdline.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "config/scalar.h"
#include "config/schema.h"

namespace ros::config {
namespace {

constexpr std::string_view kPrefixes[] = {"rancher.", "cc."};

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

Position at_column(std::size_t offset) {
  return {std::string(kCommandLineName), 1, static_cast<int>(offset) + 1};
}

struct Word {
  std::string_view text;
  std::size_t offset = 0;  // in the command line
  bool balanced = true;    // every quote and bracket has its partner
};

// The word that begins at `start`. Without its closing quote or bracket it ends at the first blank,
// so that one slip doesn't swallow the rest of the line.
Word word_at(std::string_view line, std::size_t start) {
  char quote = 0;
  int depth = 0;
  std::size_t first_blank = line.size();
  for (auto i = start; i < line.size(); ++i) {
    const char c = line[i];
    if (is_blank(c)) {
      first_blank = std::min(first_blank, i);
      if (quote == 0 && depth == 0) return {line.substr(start, i - start), start};
    } else if (c == '\\' && i + 1 < line.size() && (line[i + 1] == '"' || line[i + 1] == '\'')) {
      ++i;
    } else if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '[' || c == '{') {
      ++depth;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  const bool balanced = quote == 0 && depth == 0;
  const auto end = balanced ? line.size() : first_blank;
  return {line.substr(start, end - start), start, balanced};
}

std::vector<Word> words_of(std::string_view line) {
  std::vector<Word> words;
  for (std::size_t i = 0; i < line.size();) {
    if (is_blank(line[i])) {
      ++i;
      continue;
    }
    auto word = word_at(line, i);
    i += word.text.size();
    // Boot loaders quote a word with blanks as a whole.
    const bool whole = word.balanced && word.text.size() > 1 &&
                       (word.text[0] == '"' || word.text[0] == '\'') &&
                       word.text.find(word.text[0], 1) == word.text.size() - 1;
    if (whole) word = {word.text.substr(1, word.text.size() - 2), word.offset + 1};
    words.push_back(word);
  }
  return words;
}

std::string unescape_quotes(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\'');
    if (!escape) result += text[i];
  }
  return result;
}

bool is_yaml(std::string_view text) {
  return !text.empty() && std::string_view("[{\"'").contains(text[0]);
}

// Plain text keeps YAML's reading as a number or truth value, but none of its syntax.
Node plain_value(const std::string& text) {
  if (text.empty()) return {};
  return Node::scalar(text, needs_quotes(text) && !parse_truth(text) && !parse_int(text));
}

bool parse_value(const Word& word, std::size_t equals, Assignment& result, Complaints& complaints) {
  const auto text = word.text.substr(equals + 1);
  auto parsed = read_value(is_yaml(text) ? std::string(text) : unescape_quotes(text),
                           at_column(word.offset + equals + 1));
  for (auto& complaint : parsed.complaints) {
    complaint.key = result.key;
    complaints.push_back(std::move(complaint));
  }
  result.value = std::move(parsed.root);
  return parsed.ok;
}

// The row that `key` names or reaches into.
const Row<Config>* row_above(std::span<const Row<Config>> table, std::string_view key) {
  const auto found = std::ranges::find_if(table, [&](const Row<Config>& entry) {
    return key == entry.path ||
           (key.starts_with(entry.path) && key.substr(entry.path.size()).starts_with('.'));
  });
  return found == table.end() ? nullptr : &*found;
}

std::vector<std::string> path_of(const std::string& key, const Row<Config>* entry) {
  if (entry == nullptr || entry->shape != Shape::kMap || key.size() == entry->path.size())
    return split(key, '.');
  auto path = split(entry->path, '.');
  path.push_back(key.substr(entry->path.size() + 1));
  return path;
}

void assign(Node& root, const std::vector<std::string>& path, const Assignment& assignment,
            bool list) {
  Node* node = &root;
  for (const auto& part : path) {
    if (!node->is_map()) {
      node->kind = Node::Kind::kMap;
      node->children.clear();
    }
    Node* next = node->child(part);
    if (next == nullptr) {
      next = &node->set(part, {});
      next->position = assignment.value.position;
    }
    next->key_position = assignment.value.key_position;
    node = next;
  }
  Node value = assignment.value;
  value.key = node->key;
  if (list && !value.is_list()) {
    Node items = Node::list({});
    items.key = value.key;
    items.position = value.position;
    items.key_position = value.key_position;
    if (!value.is_null()) items.children.push_back(std::move(value));
    value = std::move(items);
  }
  if (list && node->is_list()) {
    std::ranges::move(value.children, std::back_inserter(node->children));
  } else {
    *node = std::move(value);
  }
}

}  // namespace

ParsedYaml read_value(const std::string& text, const Position& position) {
  if (is_yaml(text)) return parse_yaml(text, position);
  ParsedYaml plain{.ok = true, .root = plain_value(text), .complaints = {}};
  plain.root.position = position;
  return plain;
}

std::vector<std::string> key_path(std::string_view key) {
  return path_of(std::string(key), row_above(config_table(), key));
}

CommandLine parse_command_line(std::string_view text) {
  CommandLine line;
  if (text.size() > kMaxCommandLine) {
    line.complaints.push_back(
        {at_column(kMaxCommandLine), "",
         fmt::format("longer than {} bytes; the rest is left out", kMaxCommandLine)});
    text = text.substr(0, kMaxCommandLine);
  }
  for (const auto& word : words_of(text)) {
    const auto* const prefix = std::ranges::find_if(
        kPrefixes, [&](std::string_view p) { return word.text.starts_with(p); });
    if (prefix == std::end(kPrefixes)) continue;
    const auto equals = word.text.find('=');
    Assignment assignment;
    assignment.key = word.text.substr(0, equals);
    if (*prefix == "cc.") assignment.key.erase(0, prefix->size());
    const auto complain = [&](std::string message) {
      line.complaints.push_back({at_column(word.offset), assignment.key, std::move(message)});
    };
    if (!is_utf8(word.text)) {
      assignment.key.clear();
      complain("a word that is not UTF-8 text");
      continue;
    }
    if (!word.balanced) complain("a quote or bracket is not closed; the value ends at the blank");
    assignment.bare = equals == std::string_view::npos;
    if (assignment.bare) {
      assignment.value = Node::scalar("true");
      assignment.value.position = at_column(word.offset);
    } else if (!parse_value(word, equals, assignment, line.complaints)) {
      continue;
    }
    assignment.value.key_position = at_column(word.offset);
    line.assignments.push_back(std::move(assignment));
  }
  return line;
}

Node command_line_tree(const CommandLine& line, std::span<const Row<Config>> table,
                       Complaints& complaints) {
  Node root = Node::map();
  for (const auto& assignment : line.assignments) {
    const auto& position = assignment.value.key_position;
    const auto* const entry = row_above(table, assignment.key);
    const bool exact = entry != nullptr && entry->path == assignment.key;
    const auto path = path_of(assignment.key, entry);
    if (path.empty()) {
      complaints.push_back({position, "", "expected a key after 'cc.'"});
    } else if (path.size() > static_cast<std::size_t>(kMaxYamlDepth)) {
      complaints.push_back({position, assignment.key.substr(0, 60), "nested too deep"});
    } else if (exact && assignment.bare && entry->read != nullptr && entry->type != Flag::kName) {
      complaints.push_back(
          {position, assignment.key, fmt::format("expected {}, got nothing", entry->type)});
    } else {
      assign(root, path, assignment, exact && entry->shape == Shape::kList);
    }
  }
  return root;
}

}  // namespace ros::config
