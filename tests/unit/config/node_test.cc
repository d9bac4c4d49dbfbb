#include "config/node.h"

#include <gtest/gtest.h>

#include "config/yaml.h"

namespace ros::config {
namespace {

Node tree(const std::string& text, const std::string& file) {
  return parse_yaml(text, {file, 1, 1}).root;
}

Node merged(const std::string& base, const std::string& over) {
  Node node = tree(base, "base");
  merge(node, tree(over, "over"));
  return node;
}

TEST(Node, MapsMergeDeepListsAndScalarsAreReplaced) {
  const auto node = merged("a: {b: 1, c: [1, 2], d: {e: 1}}\nf: x\n", "a: {c: [3], d: {g: 2}}\n");
  EXPECT_EQ(to_yaml(node), "a:\n  b: 1\n  c:\n  - 3\n  d:\n    e: 1\n    g: 2\nf: x\n");
}

TEST(Node, OtherKindsReplaceEachOther) {
  EXPECT_EQ(to_yaml(merged("a: {b: 1}", "a: 5")), "a: 5\n");
  EXPECT_EQ(to_yaml(merged("a: [1]", "a: {b: 1}")), "a:\n  b: 1\n");
  EXPECT_EQ(to_yaml(merged("a: 1", "a: ~")), "a: null\n");
}

TEST(Node, PositionsFollowTheValueThatWon) {
  const auto node = merged("a:\n  b: 1\n  c: 2\n", "a:\n\n  c: 3\n");
  EXPECT_EQ(find(node, "a.b")->position.describe(), "base:2:6");
  EXPECT_EQ(find(node, "a.c")->position.describe(), "over:3:6");
  EXPECT_EQ(find(node, "a.c")->key_position.describe(), "over:3:3");
  EXPECT_EQ(find(node, "a")->key_position.describe(), "over:1:1");
}

TEST(Node, FindFollowsKeysWithDots) {
  const auto node = tree("r:\n  s:\n    net.ipv4: 1\n    net: {x: 2}\n  a.b: 3\n", "f");
  EXPECT_EQ(find(node, "r.s.net.ipv4")->text, "1");
  EXPECT_EQ(find(node, "r.s.net.x")->text, "2");
  EXPECT_EQ(find(node, "r.a.b")->text, "3");
  for (const auto* const missing : {"", ".", "r.", "r.s.net.", "q", "r.s.net.ipv4.x", "r.s.ne"})
    EXPECT_EQ(find(node, missing), nullptr) << missing;
}

TEST(Node, Describe) {
  EXPECT_EQ(Node::scalar("x").describe(), "'x'");
  EXPECT_EQ(Node::scalar("a\nb").describe(), "'a b'");
  EXPECT_EQ(Node::scalar(std::string(100, 'x')).describe(), "'" + std::string(40, 'x') + "...'");
  const auto cut = Node::scalar(std::string(39, 'x') + "\xE2\x82\xAC").describe();
  EXPECT_EQ(cut, "'" + std::string(39, 'x') + "...'");
  EXPECT_EQ(Node{}.describe(), "nothing");
  EXPECT_EQ(Node::map().describe(), "a map");
  EXPECT_EQ(Node::list({}).describe(), "a list");
}

}  // namespace
}  // namespace ros::config
