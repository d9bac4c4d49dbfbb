#include "config/schedule.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace ros::config {
namespace {

class ScheduleTest : public ::testing::Test {
 protected:
  static void zone(const char* name) {
    setenv("TZ", name, 1);
    tzset();
  }
  ScheduleTest() { zone("UTC0"); }
  ~ScheduleTest() override {
    unsetenv("TZ");
    tzset();
  }

  // "2026-11-24 08:00:00" in the local zone.
  static std::time_t time_of(const char* text) {
    std::tm local{};
    strptime(text, "%Y-%m-%d %H:%M:%S", &local);
    local.tm_isdst = -1;
    return std::mktime(&local);
  }
  static std::string next(std::string_view schedule, const char* after) {
    const auto parsed = Schedule::parse(schedule);
    if (!parsed) return parsed.error().message;
    const auto at = parsed->next(time_of(after));
    if (!at) return "never";
    std::tm local{};
    localtime_r(&*at, &local);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local);
    return text;
  }
};

constexpr const char* kTuesday = "2026-11-24 08:30:15";

TEST_F(ScheduleTest, FieldsBeginWithSeconds) {
  EXPECT_EQ(next("* * * * * *", kTuesday), "2026-11-24 08:30:16");
  EXPECT_EQ(next("*/5 * * * * *", kTuesday), "2026-11-24 08:30:20");
  EXPECT_EQ(next("0 * * * * ?", kTuesday), "2026-11-24 08:31:00");
  EXPECT_EQ(next("0 30 4 * * *", kTuesday), "2026-11-25 04:30:00");
  EXPECT_EQ(next("15 30 8 * * *", kTuesday), "2026-11-25 08:30:15");
  EXPECT_EQ(next("0 10-20/5,50 * * * *", kTuesday), "2026-11-24 08:50:00");
  EXPECT_EQ(next("0 50/5 * * * *", kTuesday), "2026-11-24 08:50:00");
  EXPECT_EQ(next("0 0 0 1 jan *", kTuesday), "2027-01-01 00:00:00");
}

// As people mean them, and crontab(5) reads them; not as RancherOS did.
TEST_F(ScheduleTest, FiveFieldsBeginWithMinutes) {
  EXPECT_EQ(next("*/5 * * * *", kTuesday), "2026-11-24 08:35:00");
  EXPECT_EQ(next("30 4 * * MON-FRI", "2026-11-27 12:00:00"), "2026-11-30 04:30:00");
}

TEST_F(ScheduleTest, EitherKindOfDayIsEnoughWhenBothAreGiven) {
  EXPECT_EQ(next("0 0 0 * * MON-FRI", "2026-11-27 12:00:00"), "2026-11-30 00:00:00");
  EXPECT_EQ(next("0 0 0 28 * MON", "2026-11-27 12:00:00"), "2026-11-28 00:00:00");
  EXPECT_EQ(next("0 0 0 28 * MON", "2026-11-28 12:00:00"), "2026-11-30 00:00:00");
  EXPECT_EQ(next("0 0 0 29 2 *", kTuesday), "2028-02-29 00:00:00");
  EXPECT_EQ(next("0 0 0 30 2 *", kTuesday), "never");
}

TEST_F(ScheduleTest, Names) {
  EXPECT_EQ(next("@hourly", kTuesday), "2026-11-24 09:00:00");
  EXPECT_EQ(next("@daily", kTuesday), "2026-11-25 00:00:00");
  EXPECT_EQ(next("@weekly", kTuesday), "2026-11-29 00:00:00");
  EXPECT_EQ(next("@monthly", kTuesday), "2026-12-01 00:00:00");
  EXPECT_EQ(next("@yearly", kTuesday), "2027-01-01 00:00:00");
  EXPECT_EQ(next("@every 1h30m", kTuesday), "2026-11-24 10:00:15");
}

// Central Europe, 2026-03-29: 02:00 to 03:00 does not exist.
TEST_F(ScheduleTest, AnHourThatDoesNotExistIsSkipped) {
  zone("CET-1CEST,M3.5.0,M10.5.0/3");
  EXPECT_EQ(next("0 30 2 * * *", "2026-03-28 12:00:00"), "2026-03-30 02:30:00");
  EXPECT_EQ(next("0 30 3 * * *", "2026-03-29 01:59:00"), "2026-03-29 03:30:00");
}

TEST_F(ScheduleTest, WrongTextsAreErrors) {
  for (const char* text :
       {"", "* * * *", "* * * * * * *", "60 * * * * *", "* * 24 * * *", "a * * * * *",
        "* * * 0 * *", "* * * * 13 *", "* * * * * 7", "5-1 * * * * *", "*/0 * * * * *",
        "1, * * * * *", "@sometimes", "@every", "@every 1ms"})
    EXPECT_FALSE(Schedule::parse(text)) << text;
}

}  // namespace
}  // namespace ros::config
