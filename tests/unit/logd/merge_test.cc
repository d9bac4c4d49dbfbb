#include "logd/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ros::logd {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(MergeByTime, OrdersLinesOfBothFormats) {
  const std::vector<std::vector<std::string>> lists = {
      {"2026-11-23T23:25:13.042911+00:00 box a", "2026-11-23T23:25:15.000000+00:00 box b"},
      {"2026-11-23T23:25:13.041Z O first", "2026-11-23T23:25:13.042Z O same millisecond",
       "2026-11-23T23:25:14.000Z E last"}};
  EXPECT_THAT(merge_by_time(lists, {"", "web_1 | "}, 100),
              ElementsAre("web_1 | 2026-11-23T23:25:13.041Z O first",
                          "2026-11-23T23:25:13.042911+00:00 box a",
                          "web_1 | 2026-11-23T23:25:13.042Z O same millisecond",
                          "web_1 | 2026-11-23T23:25:14.000Z E last",
                          "2026-11-23T23:25:15.000000+00:00 box b"));
}

TEST(MergeByTime, KeepsTheLastOnes) {
  const std::vector<std::vector<std::string>> lists = {{"1", "3"}, {"2", "4"}};
  EXPECT_THAT(merge_by_time(lists, {"", ""}, 2), ElementsAre("3", "4"));
  EXPECT_THAT(merge_by_time(lists, {"", ""}, 0), IsEmpty());
  EXPECT_THAT(merge_by_time({}, {}, 5), IsEmpty());
}

}  // namespace
}  // namespace ros::logd
