#include "config/schema.h"

#include <gtest/gtest.h>

#include <set>

#include "config/load.h"
#include "config/service_table.h"
#include "config_helpers.h"
#include "golden.h"

namespace ros::config {
namespace {

TEST(Schema, DocumentationIsThatOfTheTable) {
  tests::expect_golden(tests::in_tree("docs/configuration.md"), schema_markdown());
}

template <class Target>
void expect_sound(std::span<const Row<Target>> table) {
  std::set<std::string_view> paths;
  for (const auto& entry : table) {
    EXPECT_TRUE(paths.insert(entry.path).second) << entry.path;
    EXPECT_TRUE(entry.read == nullptr || !entry.doc.empty()) << entry.path;
  }
}

TEST(Schema, EveryKeyIsDocumentedOnce) {
  expect_sound(config_table());
  expect_sound(compose_table());
  expect_sound(label_table());
}

// What is shown as a default can be written in a file.
TEST(Schema, DefaultsReadBack) {
  for (const auto& entry : config_table()) {
    if (entry.show == nullptr) continue;
    Node node = entry.show(Config{});
    Config config;
    Complaints complaints;
    EXPECT_TRUE(read_row(entry, node, config, {"", complaints, true})) << entry.path;
    EXPECT_EQ(tests::lines(complaints), tests::Lines{}) << entry.path;
  }
}

TEST(Schema, SuggestsNothingFar) {
  EXPECT_EQ(suggest("abc", {"abd", "xyz"}), "; did you mean 'abd'?");
  EXPECT_EQ(suggest("acb", {"abc"}), "; did you mean 'abc'?");
  EXPECT_EQ(suggest("abc", {"xyz"}), "");
  EXPECT_EQ(suggest("", {"a"}), "; did you mean 'a'?");
  EXPECT_EQ(suggest("abc", {}), "");
}

TEST(OsConfig, IsFlawless) {
  const auto text = tests::read_file(tests::in_tree("configs/os-config.yml"));
  ASSERT_FALSE(text.empty());
  const auto result = load({{"os-config.yml", text, true}}, "");
  EXPECT_EQ(tests::lines(result.complaints), tests::Lines{});
  for (const auto* const name : {"console", "docker", "network"}) {
    ASSERT_NE(result.config.service(name), nullptr) << name;
    EXPECT_TRUE(result.config.service(name)->built_in);
  }
}

}  // namespace
}  // namespace ros::config
