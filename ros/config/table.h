// Tables of keys: one row a key, with its kind, the member it sets and one line of documentation.
// One table serves checking, complaints, defaults and docs/configuration.md.
//
//   row<Text, &Config::state, &StateConfig::device>("rancher.state.dev", "the state device")
#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/kinds.h"
#include "config/without_effect.h"

namespace ros::config {

enum class Origin {
  kAnywhere,
  kCommandLine,  // counts on the kernel command line only
};

// What every table shares, whatever type its rows set.
struct KeyInfo {
  std::string_view path;  // dotted
  std::string_view type;  // kName of the kind; "" = known, without effect here
  std::string_view doc;   // of a key without effect: what to write instead
  Origin origin = Origin::kAnywhere;
  Shape shape = Shape::kOther;
};

template <class Target>
struct Row : KeyInfo {
  bool (*read)(Node&, Target&, const Reading&) = nullptr;  // null: no effect here
  Node (*show)(const Target&) = nullptr;                   // null: nothing to show by default
};

namespace detail {

template <class Member>
struct OwnerOf;
template <class Class, class Value>
struct OwnerOf<Value Class::*> {
  using Type = Class;
};

template <class Kind, class Value>
concept Shown = requires(const Value& value) { Kind::show(value); };

template <class Kind>
[[nodiscard]] constexpr Shape shape_of() {
  if constexpr (requires { Kind::kShape; }) return Kind::kShape;
  return Shape::kOther;
}

}  // namespace detail

// `Members` lead from the table's target to the value.
template <class Kind, auto First, auto... Rest>
[[nodiscard]] constexpr auto row(std::string_view path, std::string_view doc,
                                 Origin origin = Origin::kAnywhere) {
  using Target = typename detail::OwnerOf<decltype(First)>::Type;
  using Value = std::remove_cvref_t<decltype(((std::declval<Target&>().*First).*....*Rest))>;
  Row<Target> result;
  result.path = path;
  result.type = Kind::kName;
  result.doc = doc;
  result.origin = origin;
  result.shape = detail::shape_of<Kind>();
  result.read = [](Node& node, Target& target, const Reading& at) {
    return Kind::read(node, ((target.*First).*....*Rest), at);
  };
  if constexpr (detail::Shown<Kind, Value>)
    result.show = [](const Target& target) { return Kind::show(((target.*First).*....*Rest)); };
  return result;
}

// A value that sets more than one member.
template <class Target>
[[nodiscard]] constexpr Row<Target> row(std::string_view path, std::string_view type,
                                        std::string_view doc,
                                        bool (*read)(Node&, Target&, const Reading&)) {
  Row<Target> result;
  result.path = path;
  result.type = type;
  result.doc = doc;
  result.read = read;
  return result;
}

template <class Target>
[[nodiscard]] constexpr Row<Target> no_effect(const WithoutEffect& key) {
  Row<Target> result;
  result.path = key.path;
  result.doc = key.instead;
  return result;
}

// A table, and the keys that are known beside it.
template <class Target, std::size_t kRows, std::size_t kKeys>
[[nodiscard]] constexpr auto with_no_effect(const std::array<Row<Target>, kRows>& rows,
                                            const std::array<WithoutEffect, kKeys>& keys) {
  std::array<Row<Target>, kRows + kKeys> result;
  std::ranges::copy(rows, result.begin());
  std::ranges::transform(keys, result.begin() + kRows, no_effect<Target>);
  return result;
}

// The nearest of `candidates`, in the form "; did you mean 'x'?", or "" when none is near.
[[nodiscard]] std::string suggest(std::string_view name,
                                  const std::vector<std::string_view>& candidates);

// Complains about a key that is in no table. `prefix` + key is what is looked up among `paths`.
void complain_unknown(const Node& node, std::string_view prefix,
                      const std::vector<std::string_view>& paths, const Reading& at);

template <class Target>
[[nodiscard]] const Row<Target>* find_row(std::span<const Row<Target>> table,
                                          std::string_view path) {
  for (const auto& entry : table)
    if (entry.path == path) return &entry;
  return nullptr;
}

template <class Target>
[[nodiscard]] bool is_section(std::span<const Row<Target>> table, std::string_view path) {
  for (const auto& entry : table)
    if (entry.path.size() > path.size() && entry.path.starts_with(path) &&
        entry.path[path.size()] == '.')
      return true;
  return false;
}

// One value against its row; null leaves the default.
template <class Target>
bool read_row(const Row<Target>& entry, Node& node, Target& target, const Reading& at) {
  if (entry.read == nullptr) return at.no_effect(node, entry.doc);
  if (entry.origin == Origin::kCommandLine && !at.command_line)
    return at.complain(node, "counts on the kernel command line only");
  return node.is_null() || entry.read(node, target, at);
}

// A map against a table: sets what is right, takes out of `node` what is not. `prefix` is the path
// of `node` within the table, with a dot at its end.
template <class Target>
bool read_table(Node& node, std::span<const Row<Target>> table, Target& target, const Reading& at,
                const std::string& prefix = "") {
  if (!node.is_map()) return at.expected(node, "a map");
  keep_children(node, [&](Node& value, std::size_t) {
    const auto path = prefix + value.key;
    const auto here = at.child(value.key);
    const bool name = !value.key.contains('.');  // a dot would reach below without nesting
    const auto* const entry = name ? find_row(table, path) : nullptr;
    if (entry != nullptr) return read_row(*entry, value, target, here);
    if (name && is_section(table, path))
      return !value.is_null() && read_table(value, table, target, here, path + ".");
    std::vector<std::string_view> paths;
    for (const auto& known : table) paths.push_back(known.path);
    complain_unknown(value, prefix, paths, here);
    return false;
  });
  return true;
}

}  // namespace ros::config
