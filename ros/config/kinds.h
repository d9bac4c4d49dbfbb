// Kinds: the types a configuration value can have. Each one checks a tree, sets a member and shows
// a member as a tree again. A kind is a struct with
//   kName                         how documentation and complaints call it
//   read(node, out, at) -> bool   false: complained, and of no use as a whole. Useless parts of a
//                                 list or map are complained about and taken out of `node`.
//   show(value) -> Node           optional
//   kShape                        optional
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/node.h"

namespace ros::config {

// How a key of the kernel command line reaches into a value: a list takes one item each time the
// key is given, a map takes the rest of the key as one name.
enum class Shape { kOther, kList, kMap };

// Where in the tree a kind stands, and where it complains.
struct Reading {
  std::string path;
  Complaints& complaints;
  bool command_line = false;  // the value stands on the kernel command line

  [[nodiscard]] Reading child(std::string_view key) const;
  [[nodiscard]] Reading item(std::size_t index) const;

  // Adds a complaint at `node`; always false, for `return at.complain(...)`.
  bool complain(const Node& node, std::string message) const;
  bool expected(const Node& node, std::string_view what) const;  // "expected a list, got 'x'"
  // Of a key that is known and does nothing; `instead` says what to write, "" = nothing.
  bool no_effect(const Node& node, std::string_view instead = "") const;
};

// Keeps the children for which `keep` is true, asked once each and in order.
void keep_children(Node& node, const std::function<bool(Node&, std::size_t)>& keep);

// True for a list; a single scalar becomes a list of one first. For lists of what is written as one
// scalar: a single value where a list is expected is a common habit, and harmless.
bool as_list(Node& node);

struct Flag {
  static constexpr std::string_view kName = "true or false";
  static bool read(Node& node, bool& out, const Reading& at);
  static Node show(bool value) { return Node::scalar(value ? "true" : "false"); }
};

struct Text {
  static constexpr std::string_view kName = "a text";
  static bool read(Node& node, std::string& out, const Reading& at);
  static Node show(const std::string& value) { return Node::scalar(value, true); }
};

struct TextList {
  static constexpr std::string_view kName = "a list of texts";
  static constexpr Shape kShape = Shape::kList;
  static bool read(Node& node, std::vector<std::string>& out, const Reading& at);
  static Node show(const std::vector<std::string>& value) { return Node::list(value); }
};

struct TextMap {
  static constexpr std::string_view kName = "a map of texts";
  static constexpr Shape kShape = Shape::kMap;
  static bool read(Node& node, std::map<std::string, std::string>& out, const Reading& at);
  static Node show(const std::map<std::string, std::string>& value);
};

// Map, or list of "name=value"; kept as a map.
struct Assignments {
  static constexpr std::string_view kName = "a map or a list of name=value";
  static constexpr Shape kShape = Shape::kMap;
  static bool read(Node& node, std::map<std::string, std::string>& out, const Reading& at);
  static Node show(const std::map<std::string, std::string>& value) { return TextMap::show(value); }
};

// The same kept as "name=value", in the order given. A list entry without "=" and a map entry
// without a value are bare names.
struct Environment {
  static constexpr std::string_view kName = Assignments::kName;
  static constexpr Shape kShape = Shape::kMap;
  static bool read(Node& node, std::vector<std::string>& out, const Reading& at);
  static Node show(const std::vector<std::string>& value) { return Node::list(value); }
};

// One argv: a list, or a text that is split as a shell does.
struct Command {
  static constexpr std::string_view kName = "a command as text or list";
  static bool read(Node& node, std::vector<std::string>& out, const Reading& at);
  static Node show(const std::vector<std::string>& value) { return Node::list(value); }
};

// Several argvs: each a list, or a text for `sh -c`.
struct Commands {
  static constexpr std::string_view kName = "a list of commands";
  static constexpr Shape kShape = Shape::kList;
  static bool read(Node& node, std::vector<std::vector<std::string>>& out, const Reading& at);
  static Node show(const std::vector<std::vector<std::string>>& value);
};

struct Bytes {
  static constexpr std::string_view kName = "bytes such as '64m'";
  static bool read(Node& node, std::uint64_t& out, const Reading& at);
  static Node show(std::uint64_t value) { return Node::scalar(std::to_string(value)); }
};

struct Octal {
  static constexpr std::string_view kName = "octal permissions such as '0644'";
  static bool read(Node& node, unsigned& out, const Reading& at);
};

// In seconds when there is no unit.
struct Duration {
  static constexpr std::string_view kName = "a time such as '10s'";
  static bool read(Node& node, std::chrono::milliseconds& out, const Reading& at);
  static Node show(std::chrono::milliseconds value);
};

// Whole number between `minimum` and `maximum`.
bool read_number(const Node& node, std::int64_t minimum, std::int64_t maximum, std::int64_t& out,
                 const Reading& at);

template <std::int64_t kMinimum, std::int64_t kMaximum>
struct Number {
  static constexpr std::string_view kName = "a whole number";
  template <std::integral T>
  static bool read(Node& node, T& out, const Reading& at) {
    std::int64_t value = 0;
    if (!read_number(node, kMinimum, kMaximum, value, at)) return false;
    out = static_cast<T>(value);
    return true;
  }
  template <std::integral T>
  static Node show(T value) {
    return Node::scalar(std::to_string(value));
  }
};

template <std::int64_t kMinimum>
struct Seconds {
  static constexpr std::string_view kName = "seconds";
  static bool read(Node& node, std::chrono::seconds& out, const Reading& at) {
    std::int64_t value = 0;
    if (!read_number(node, kMinimum, 86'400, value, at)) return false;
    out = std::chrono::seconds(value);
    return true;
  }
  static Node show(std::chrono::seconds value) {
    return Node::scalar(std::to_string(value.count()));
  }
};

}  // namespace ros::config
