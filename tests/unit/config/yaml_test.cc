#include "config/yaml.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "config_helpers.h"

namespace ros::config {
namespace {

using tests::Lines;

ParsedYaml parse(std::string_view text) {
  return parse_yaml(text, {"f", 1, 1});
}

Lines complaints(std::string_view text) {
  return tests::lines(parse(text).complaints);
}

std::string at(const Node& root, std::string_view path) {
  const Node* const node = find(root, path);
  return node == nullptr ? "none" : node->key_position.describe() + " " + node->position.describe();
}

TEST(Yaml, PositionsOfKeysAndValues) {
  const auto parsed = parse("#cloud-config\na: 1\nb:\n  c: [x, 'y']\n  d:\n    - e: f\n");
  ASSERT_TRUE(parsed.ok);
  EXPECT_EQ(at(parsed.root, "a"), "f:2:1 f:2:4");
  EXPECT_EQ(at(parsed.root, "b"), "f:3:1 f:4:3");
  EXPECT_EQ(at(parsed.root, "b.c"), "f:4:3 f:4:6");
  const Node& list = *find(parsed.root, "b.c");
  EXPECT_EQ(list.children[0].position.describe(), "f:4:7");
  EXPECT_EQ(list.children[1].position.describe(), "f:4:10");
  const Node& entry = find(parsed.root, "b.d")->children[0];
  EXPECT_EQ(at(entry, "e"), "f:6:7 f:6:10");
}

TEST(Yaml, OriginShiftsTheFirstLineOnly) {
  const auto parsed = parse_yaml("{a: 1,\n b: 2}", {"/proc/cmdline", 1, 30});
  EXPECT_EQ(at(parsed.root, "a"), "/proc/cmdline:1:31 /proc/cmdline:1:34");
  EXPECT_EQ(at(parsed.root, "b"), "/proc/cmdline:2:2 /proc/cmdline:2:5");
}

TEST(Yaml, CarriageReturnsAndByteOrderMark) {
  const auto parsed = parse(
      "\xEF\xBB\xBF"
      "a: |\r\n  x\r\n  y\r\nb: z\r\n");
  ASSERT_TRUE(parsed.ok);
  EXPECT_EQ(find(parsed.root, "a")->text, "x\ny\n");
  EXPECT_EQ(find(parsed.root, "b")->text, "z");
  EXPECT_EQ(at(parsed.root, "b"), "f:4:1 f:4:4");
}

TEST(Yaml, QuotingTellsTextsFromNumbers) {
  const auto parsed = parse("a: 1\nb: '1'\nc: !!str 1\nd: ~\ne:\nf: ''\n");
  EXPECT_FALSE(find(parsed.root, "a")->quoted);
  EXPECT_TRUE(find(parsed.root, "b")->quoted);
  EXPECT_TRUE(find(parsed.root, "c")->quoted);
  EXPECT_TRUE(find(parsed.root, "d")->is_null());
  EXPECT_TRUE(find(parsed.root, "e")->is_null());
  EXPECT_TRUE(find(parsed.root, "f")->is_scalar());
}

TEST(Yaml, EmptyTextsAreNull) {
  for (const auto* const text : {"", "\n", "# only a comment\n", "---\n", "   "}) {
    EXPECT_TRUE(parse(text).ok) << text;
    EXPECT_TRUE(parse(text).root.is_null()) << text;
    EXPECT_EQ(complaints(text), Lines{}) << text;
  }
}

TEST(Yaml, ErrorsHaveLineAndColumn) {
  const auto first = [](std::string_view text) {
    const auto parsed = parse(text);
    EXPECT_FALSE(parsed.ok);
    EXPECT_TRUE(parsed.root.is_null());
    return parsed.complaints.back().describe();
  };
  EXPECT_EQ(first("a: b: c\n"), "f:1:5: not valid YAML: illegal map value");
  EXPECT_EQ(first("a: 1\n b: 2\n").substr(0, 4), "f:2:");
  EXPECT_EQ(first("a: [1, 2\n").substr(0, 4), "f:2:");
  EXPECT_EQ(first("a:\n\t- b\n").substr(0, 4), "f:2:");
  EXPECT_EQ(first("a: *missing\n").substr(0, 6), "f:1:4:");
  EXPECT_EQ(first("a: \"x\\0y\"\n"), "f:1:4: a text may not hold a NUL");
  EXPECT_EQ(first("a: \xFF\n"), "f:1:4: not UTF-8 text");
  EXPECT_EQ(first("? [a, b]\n: c\n"), "f:1:3: a key must be a text, got a list");
}

TEST(Yaml, DoubledKeys) {
  const auto parsed = parse("a: 1\nb: 2\na: 3\n");
  EXPECT_TRUE(parsed.ok);
  EXPECT_EQ(find(parsed.root, "a")->text, "3");
  EXPECT_EQ(parsed.root.children.size(), 2U);
  EXPECT_EQ(tests::lines(parsed.complaints),
            Lines{"f:3:1: a: given twice in one map; the last one counts"});
}

TEST(Yaml, SecondDocumentAndTags) {
  EXPECT_EQ(complaints("a: 1\n---\nb: 2\n"),
            Lines{"f:2:1: a second document; only the first one counts"});
  EXPECT_EQ(find(parse("a: 1\n---\nb: 2\n").root, "b"), nullptr);
  EXPECT_EQ(complaints("a: !!binary aGk=\n"),
            Lines{"f:1:4: the tag 'tag:yaml.org,2002:binary' has no effect here"});
  EXPECT_EQ(complaints("a: !!int 5\n"), Lines{});
}

TEST(Yaml, AliasesAndMergeKeys) {
  const auto parsed =
      parse("base: &b {x: 1, y: 2}\na:\n  <<: *b\n  y: 3\nc: *b\nd: {<<: [*b, {z: 9}]}\n");
  ASSERT_TRUE(parsed.ok);
  EXPECT_EQ(find(parsed.root, "a.x")->text, "1");
  EXPECT_EQ(find(parsed.root, "a.y")->text, "3");
  EXPECT_EQ(find(parsed.root, "c.y")->text, "2");
  EXPECT_EQ(at(parsed.root, "c"), "f:5:1 f:5:4");
  EXPECT_EQ(at(parsed.root, "c.y"), "f:1:17 f:1:20");
  EXPECT_EQ(find(parsed.root, "d.z")->text, "9");
  EXPECT_FALSE(parse("a: {<<: 5}\n").ok);
  EXPECT_FALSE(parse("a: &a [*a]\n").ok);
}

TEST(Yaml, Limits) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse(nested(64)).ok);
  EXPECT_EQ(complaints(nested(65)), Lines{"f:1:65: nested deeper than 64 levels"});
  EXPECT_FALSE(parse(std::string(100'000, '[')).ok);
  EXPECT_FALSE(parse(std::string(100'000, '{')).ok);
  EXPECT_EQ(complaints(std::string(kMaxYamlBytes + 1, 'a')), Lines{"f: larger than 1048576 bytes"});

  EXPECT_TRUE(parse(std::string(kMaxYamlKey, 'k') + ": 1").ok);
  EXPECT_EQ(complaints(std::string(kMaxYamlKey + 1, 'k') + ": 1"),
            Lines{"f:1:1: a key is longer than 200 bytes"});

  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    bomb += fmt::format("a{}: &a{} [", i, i);
    for (int k = 0; k < 9; ++k) bomb += fmt::format("*a{}, ", i - 1);
    bomb += "]\n";
  }
  EXPECT_FALSE(parse(bomb).ok);

  std::string chain = "&a0 [";
  for (int i = 1; i < 60; ++i) chain += fmt::format("&a{} [", i);
  chain += std::string(60, ']');
  EXPECT_TRUE(parse(chain).ok);
  EXPECT_FALSE(parse("a: " + chain + "\nb: [[[[[*a0]]]]]\n").ok);
}

TEST(Yaml, WriterSortsAndReadsBack) {
  const std::string text =
      "b:\n- x\n- '1'\n- - y\n  - z\n- k: v\n  l: []\na: 1\nm: {}\nn: ~\nt: \"yes\"\n"
      "u: |\n  one\n   two\n\nv: \"a\\tb\"\nw: \"it's: x\"\nx: |-\n  p\n  q\ny: |+\n  r\n\n";
  const auto parsed = parse(text);
  ASSERT_TRUE(parsed.ok);
  const auto written = to_yaml(parsed.root);
  EXPECT_EQ(written,
            "a: 1\nb:\n- x\n- '1'\n- - y\n  - z\n- k: v\n  l: []\nm: {}\n'n': null\nt: 'yes'\n"
            "u: |\n  one\n   two\nv: \"a\\tb\"\nw: 'it''s: x'\nx: |-\n  p\n  q\n'y': |+\n  r\n\n");
  EXPECT_EQ(to_yaml(parse(written).root), written);
}

TEST(Yaml, WriterOfSingleValues) {
  EXPECT_EQ(to_yaml(Node::scalar("yes", true)), "'yes'\n");
  EXPECT_EQ(to_yaml(Node::scalar("yes")), "yes\n");
  EXPECT_EQ(to_yaml(Node::list({})), "[]\n");
  EXPECT_EQ(to_yaml(Node::map()), "{}\n");
  EXPECT_EQ(to_yaml(Node::list({"a", "b c", "5"})), "- a\n- b c\n- '5'\n");
}

}  // namespace
}  // namespace ros::config
