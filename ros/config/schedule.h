// When a service with the label `cron.schedule` is started. The text is that of RancherOS's
// system-cron (container-crontab, which reads it with robfig/cron version 1):
//
//   SECOND MINUTE HOUR DAY-OF-MONTH MONTH DAY-OF-WEEK     "0 30 4 * * MON-FRI"
//   MINUTE HOUR DAY-OF-MONTH MONTH DAY-OF-WEEK            "30 4 * * MON-FRI", as in crontab(5)
//   @yearly @annually @monthly @weekly @daily @midnight @hourly
//   @every DURATION                                        "@every 1h30m"
//
// A field is "*" or "?" (any), a number, a range "A-B", each with a step "/N", or a list of these
// between commas; months and days of the week also by the first three letters of their names, 0 is
// Sunday. When both kinds of day are given, either is enough. RancherOS read five fields as
// seconds first, without a day of the week; those who wrote five meant those of crontab(5).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "config/kinds.h"

namespace ros::config {

class Schedule {
 public:
  [[nodiscard]] static Result<Schedule> parse(std::string_view text);

  // The first time after `time`, in the local time zone; nothing when there is none within years
  // (30 February).
  [[nodiscard]] std::optional<std::time_t> next(std::time_t time) const;

 private:
  struct Field {
    std::uint64_t values = 0;  // bit N: the number N
    bool any = false;
    [[nodiscard]] bool has(int value) const { return ((values >> value) & 1U) != 0; }
  };
  enum Part : std::size_t { kSecond, kMinute, kHour, kDay, kMonth, kWeekday, kParts };

  [[nodiscard]] static Result<Field> parse_field(std::string_view text, Part part);
  [[nodiscard]] bool has_day(const std::tm& local) const;

  std::array<Field, kParts> fields_;
  std::chrono::seconds every_{0};  // "@every"; 0: the fields
};

// The label, kept as text.
struct ScheduleText {
  static constexpr std::string_view kName = "a schedule";
  static bool read(Node& node, std::string& out, const Reading& at);
};

}  // namespace ros::config
