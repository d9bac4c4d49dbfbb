#include "config/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <utility>

#include "config/scalar.h"

namespace ros::config {
namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kStandardTag = "tag:yaml.org,2002:";

// Leaves the parser from inside a callback; never leaves this file.
struct Stop {
  YAML::Mark mark;
  std::string reason;
};

// Levels of lists and maps.
int depth_of(const Node& node) {
  if (!node.is_list() && !node.is_map()) return 0;
  int deepest = 0;
  for (const auto& value : node.children) deepest = std::max(deepest, depth_of(value));
  return deepest + 1;
}

int count_of(const Node& node) {
  int count = 1;
  for (const auto& value : node.children) count += count_of(value);
  return count;
}

class Builder : public YAML::EventHandler {
 public:
  Builder(const Position& origin, ParsedYaml& result) : origin_(origin), result_(result) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    finish(make(Node::Kind::kNull, mark), mark, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) throw Stop{mark, "an alias inside the value that it stands for"};
    if (depth() + depth_of(found->second) > kMaxYamlDepth) too_deep(mark);
    values_ += count_of(found->second) - 1;
    Node copy = found->second;
    copy.position = at(mark);
    finish(std::move(copy), mark, 0);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    const bool quoted = tag == "!" || tag == std::string(kStandardTag) + "str";
    Node node = make(value.empty() && !quoted ? Node::Kind::kNull : Node::Kind::kScalar, mark);
    node.text = value;
    node.quoted = quoted;
    // "\0" between quotes.
    if (value.find('\0') != std::string::npos) throw Stop{mark, "a text may not hold a NUL"};
    note_tag(mark, tag);
    finish(std::move(node), mark, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node::Kind::kList, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node::Kind::kMap, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  [[nodiscard]] Position at(const YAML::Mark& mark) const {
    if (mark.is_null()) return {origin_.file};
    if (mark.line == 0) return {origin_.file, origin_.line, origin_.column + mark.column};
    return {origin_.file, origin_.line + mark.line, mark.column + 1};
  }

 private:
  // A list or map whose end has not been seen.
  struct Open {
    Node node;
    YAML::anchor_t anchor = 0;
    YAML::Mark mark;
    bool has_key = false;  // a key waits for its value
    std::string key;
    Position key_position;
    bool merge_key = false;
    std::set<std::string> keys;
    std::vector<Node> merged;  // values of "<<"
  };

  [[nodiscard]] int depth() const { return static_cast<int>(open_.size()); }

  [[noreturn]] static void too_deep(const YAML::Mark& mark) {
    throw Stop{mark, fmt::format("nested deeper than {} levels", kMaxYamlDepth)};
  }

  Node make(Node::Kind kind, const YAML::Mark& mark) const {
    Node node;
    node.kind = kind;
    node.position = at(mark);
    return node;
  }

  void complain(const Position& position, std::string key, std::string message) {
    result_.complaints.push_back({position, std::move(key), std::move(message)});
  }

  void note_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "!" || tag == "?") return;
    const std::string_view known = tag;
    for (const auto* const name : {"str", "int", "bool", "float", "null", "map", "seq"})
      if (known.starts_with(kStandardTag) && known.substr(kStandardTag.size()) == name) return;
    complain(at(mark), "", fmt::format("the tag '{}' has no effect here", tag));
  }

  void open(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    if (depth() >= kMaxYamlDepth) too_deep(mark);
    note_tag(mark, tag);
    Open frame;
    frame.node = make(kind, mark);
    frame.anchor = anchor;
    frame.mark = mark;
    open_.push_back(std::move(frame));
  }

  void close() {
    Open frame = std::move(open_.back());
    open_.pop_back();
    for (auto& source : frame.merged)
      for (auto& value : source.children)
        if (frame.keys.insert(value.key).second) frame.node.children.push_back(std::move(value));
    finish(std::move(frame.node), frame.mark, frame.anchor);
  }

  // A complete value: remembered under its anchor and put where it belongs.
  void finish(Node node, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (++values_ > kMaxYamlValues)
      throw Stop{mark, fmt::format("more than {} values", kMaxYamlValues)};
    if (anchor != 0) remember(node, mark, anchor);
    if (open_.empty()) {
      result_.root = std::move(node);
    } else if (open_.back().node.is_list()) {
      open_.back().node.children.push_back(std::move(node));
    } else if (!open_.back().has_key) {
      take_key(open_.back(), node, mark);
    } else {
      take_value(open_.back(), std::move(node), mark);
    }
  }

  // Bounded as a whole: anchors within anchored values would multiply the copies.
  void remember(const Node& node, const YAML::Mark& mark, YAML::anchor_t anchor) {
    anchored_ += count_of(node);
    if (anchored_ > kMaxYamlValues)
      throw Stop{mark, fmt::format("more than {} values under anchors", kMaxYamlValues)};
    anchors_[anchor] = node;
  }

  static void take_key(Open& frame, const Node& node, const YAML::Mark& mark) {
    if (!node.is_scalar()) throw Stop{mark, "a key must be a text, got " + node.describe()};
    if (node.text.size() > kMaxYamlKey)
      throw Stop{mark, fmt::format("a key is longer than {} bytes", kMaxYamlKey)};
    frame.has_key = true;
    frame.key = node.text;
    frame.key_position = node.position;
    frame.merge_key = node.text == "<<" && !node.quoted;
  }

  void take_value(Open& frame, Node node, const YAML::Mark& mark) {
    frame.has_key = false;
    if (frame.merge_key) return take_merge(frame, std::move(node), mark);
    node.key = frame.key;
    node.key_position = frame.key_position;
    if (frame.keys.insert(frame.key).second) {
      frame.node.children.push_back(std::move(node));
      return;
    }
    complain(frame.key_position, frame.key, "given twice in one map; the last one counts");
    frame.node.set(frame.key, std::move(node));
  }

  static void take_merge(Open& frame, Node node, const YAML::Mark& mark) {
    if (node.is_map()) {
      frame.merged.push_back(std::move(node));
      return;
    }
    const bool maps = node.is_list() && std::ranges::all_of(node.children, &Node::is_map);
    if (!maps) throw Stop{mark, "'<<' expects a map or a list of maps"};
    std::ranges::move(node.children, std::back_inserter(frame.merged));
  }

  const Position& origin_;
  ParsedYaml& result_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Node> anchors_;
  int values_ = 0;
  int anchored_ = 0;
};

// Accepts nothing: where a second document begins.
class SecondDocument : public Builder {
 public:
  using Builder::Builder;
  void OnDocumentStart(const YAML::Mark& mark) override { throw Stop{mark, ""}; }
};

// A document that begins without "---" is none: a line stands further left than the first ones.
bool begins_document(std::string_view text, const YAML::Mark& mark) {
  const auto at = static_cast<std::size_t>(mark.pos);
  return at < text.size() && text.substr(at).starts_with("---");
}

void read_documents(const std::string& text, Builder& builder, const Position& origin,
                    ParsedYaml& result) {
  std::istringstream stream(text);
  YAML::Parser parser(stream);
  parser.HandleNextDocument(builder);
  SecondDocument second(origin, result);
  try {
    parser.HandleNextDocument(second);
  } catch (const Stop& stop) {
    if (!begins_document(text, stop.mark))
      throw Stop{stop.mark, "not valid YAML: indented less than the lines before"};
    result.complaints.push_back(
        {builder.at(stop.mark), "", "a second document; only the first one counts"});
  }
}

std::string without_carriage_returns(std::string_view text) {
  std::string clean;
  clean.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i)
    if (text[i] != '\r' || i + 1 >= text.size() || text[i + 1] != '\n') clean += text[i];
  return clean;
}

// Columns count bytes, as yaml-cpp's do up to the first character of more than one.
Position position_of(std::size_t offset, std::string_view text, const Position& origin) {
  const auto before = text.substr(0, offset);
  const auto line = static_cast<int>(std::ranges::count(before, '\n'));
  const auto begin = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto column = static_cast<int>(offset - begin);
  return {origin.file, origin.line + line, line == 0 ? origin.column + column : column + 1};
}

}  // namespace

ParsedYaml parse_yaml(std::string_view text, const Position& origin) {
  ParsedYaml result;
  const auto give_up = [&](const Position& position, const std::string& reason) {
    result.root = {};
    result.complaints.push_back({position, "", reason});
    return result;
  };
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (text.size() > kMaxYamlBytes)
    return give_up({origin.file}, fmt::format("larger than {} bytes", kMaxYamlBytes));
  // yaml-cpp would take it for a sign of UTF-16.
  if (const auto nul = text.find('\0'); nul != std::string_view::npos)
    return give_up(position_of(nul, text, origin), "a text may not hold a NUL");
  if (const auto bad = first_not_utf8(text); bad != std::string_view::npos)
    return give_up(position_of(bad, text, origin), "not UTF-8 text");

  Builder builder(origin, result);
  try {
    read_documents(without_carriage_returns(text), builder, origin, result);
  } catch (const Stop& stop) {
    return give_up(builder.at(stop.mark), stop.reason);
  } catch (const YAML::Exception& error) {
    return give_up(builder.at(error.mark), "not valid YAML: " + error.msg);
  }
  result.ok = true;
  return result;
}

}  // namespace ros::config
