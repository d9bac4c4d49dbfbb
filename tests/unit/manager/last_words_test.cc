#include "manager/last_words.h"

#include <gtest/gtest.h>

#include "fakes/temp_root.h"

namespace ros::manager {
namespace {

class LastWordsTest : public ::testing::Test {
 protected:
  static control::ServiceRow row(const std::string& name, bool failed, std::int64_t restarts) {
    control::ServiceRow result;
    result.name = name;
    result.up = true;
    result.failed = failed;
    result.restarts = restarts;
    result.reason = failed ? "exited with status 1" : "";
    return result;
  }
  std::string reason(const control::ServiceRow& of) {
    control::ServiceRows rows{{of}};
    add_last_words(rows, root_.path());
    return rows.services[0].reason;
  }
  fakes::TempRoot root_;
};

TEST_F(LastWordsTest, OfAServiceThatFailed) {
  root_.write("/web.log",
              "2026-11-30T00:00:00.000Z O starts\n"
              "2026-11-30T00:00:01.000Z E port 80 is \x1b[31mtaken\n");
  EXPECT_EQ(reason(row("web", true, 0)),
            "exited with status 1; it said: port 80 is \\x1b[31mtaken");
}

TEST_F(LastWordsTest, OfOneThatRunsNowAndThen) {
  root_.write("/web.log", "2026-11-30T00:00:00.000Z E no database\n");
  EXPECT_EQ(reason(row("web", false, 7)), "started again, 7 times now; it said: no database");
}

TEST_F(LastWordsTest, NothingOfOneThatIsFineOrSaidNothing) {
  root_.write("/web.log", "2026-11-30T00:00:00.000Z E words\n");
  EXPECT_EQ(reason(row("web", false, 0)), "");
  EXPECT_EQ(reason(row("silent", true, 0)), "exited with status 1");
}

}  // namespace
}  // namespace ros::manager
