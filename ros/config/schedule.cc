#include "config/schedule.h"

#include <algorithm>
#include <cctype>
#include <span>

#include "base/text.h"
#include "config/scalar.h"

namespace ros::config {
namespace {

constexpr auto kMonths = std::to_array<std::string_view>(
    {"", "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"});
constexpr auto kWeekdays =
    std::to_array<std::string_view>({"sun", "mon", "tue", "wed", "thu", "fri", "sat"});

struct PartInfo {
  std::string_view name;
  int least;
  int most;
  std::span<const std::string_view> names;  // by number
};
constexpr auto kPartInfo = std::to_array<PartInfo>({{"second", 0, 59, {}},
                                                    {"minute", 0, 59, {}},
                                                    {"hour", 0, 23, {}},
                                                    {"day of the month", 1, 31, {}},
                                                    {"month", 1, 12, kMonths},
                                                    {"day of the week", 0, 6, kWeekdays}});

struct Shorthand {
  std::string_view name;
  std::string_view fields;
};
constexpr auto kShorthands = std::to_array<Shorthand>({{"@yearly", "0 0 0 1 1 *"},
                                                       {"@annually", "0 0 0 1 1 *"},
                                                       {"@monthly", "0 0 0 1 * *"},
                                                       {"@weekly", "0 0 0 * * 0"},
                                                       {"@daily", "0 0 0 * * *"},
                                                       {"@midnight", "0 0 0 * * *"},
                                                       {"@hourly", "0 0 * * * *"}});
constexpr std::string_view kEvery = "@every ";
constexpr int kYears = 9;  // a 29 February comes within them, also around 2100

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

Result<int> parse_value(std::string_view text, const PartInfo& part) {
  const auto named = std::ranges::find(part.names, lower(text));
  if (!text.empty() && named != part.names.end())
    return static_cast<int>(named - part.names.begin());
  const auto number = parse_int(text);
  if (!number || *number < part.least || *number > part.most)
    return fail("expected a " + std::string(part.name) + " from " + std::to_string(part.least) +
                " to " + std::to_string(part.most) + ", got '" + std::string(text) + "'");
  return static_cast<int>(*number);
}

struct Range {
  int first;
  int last;
  int step = 1;
};

// "*", "7", "1-5", each with "/N"; a single number with a step goes on to the greatest.
Result<Range> parse_range(std::string_view text, const PartInfo& part) {
  const auto slash = text.find('/');
  const auto body = text.substr(0, slash);
  const auto dash = body.find('-');
  Range range{part.least, part.most};
  if (body != "*" && body != "?") {
    const auto first = parse_value(body.substr(0, dash), part);
    if (!first) return std::unexpected(first.error());
    range.first = range.last = *first;
    if (dash != std::string_view::npos) {
      const auto last = parse_value(body.substr(dash + 1), part);
      if (!last) return std::unexpected(last.error());
      range.last = *last;
    } else if (slash != std::string_view::npos) {
      range.last = part.most;
    }
  }
  if (slash != std::string_view::npos) {
    const auto step = parse_int(text.substr(slash + 1));
    if (!step || *step < 1 || *step > part.most)
      return fail("'" + std::string(text) + "': not a step");
    range.step = static_cast<int>(*step);
  }
  if (range.first > range.last) return fail("'" + std::string(text) + "': ends before it begins");
  return range;
}

// The beginning of the next month, day, hour or minute: what is below `part` becomes its least.
std::time_t step(std::tm local, int std::tm::* part, std::time_t time) {
  local.*part += 1;
  local.tm_sec = 0;
  if (part != &std::tm::tm_min) local.tm_min = 0;
  if (part == &std::tm::tm_mday || part == &std::tm::tm_mon) local.tm_hour = 0;
  if (part == &std::tm::tm_mon) local.tm_mday = 1;
  local.tm_isdst = -1;
  return std::max(std::mktime(&local), time + 1);  // an hour may not exist, or come twice
}

}  // namespace

Result<Schedule::Field> Schedule::parse_field(std::string_view text, Part part) {
  Field field;
  field.any = text.starts_with('*') || text.starts_with('?');
  for (const auto& item : split(text, ',')) {
    const auto range = parse_range(item, kPartInfo.at(part));
    if (!range) return std::unexpected(range.error());
    for (int value = range->first; value <= range->last; value += range->step)
      field.values |= std::uint64_t{1} << value;
  }
  return field;
}

Result<Schedule> Schedule::parse(std::string_view text) {
  Schedule schedule;
  if (text.starts_with(kEvery)) {
    const auto every = parse_duration(text.substr(kEvery.size()));
    if (!every) return std::unexpected(every.error());
    schedule.every_ = std::chrono::duration_cast<std::chrono::seconds>(*every);
    if (schedule.every_.count() < 1) return fail("expected at least a second");
    return schedule;
  }
  const auto shorthand = std::ranges::find(kShorthands, text, &Shorthand::name);
  auto words = split_words(shorthand != kShorthands.end() ? shorthand->fields : text);
  if (words.size() == kPartInfo.size() - 1) words.insert(words.begin(), "0");
  if (words.size() != kPartInfo.size())
    return fail(
        "expected '[SECOND] MINUTE HOUR DAY MONTH WEEKDAY', '@every DURATION' or such as "
        "'@daily', got '" +
        std::string(text) + "'");
  for (std::size_t part = 0; part < words.size(); ++part) {
    const auto field = parse_field(words[part], static_cast<Part>(part));
    if (!field) return std::unexpected(field.error());
    schedule.fields_.at(part) = *field;
  }
  return schedule;
}

bool Schedule::has_day(const std::tm& local) const {
  const bool day = fields_[kDay].has(local.tm_mday);
  const bool weekday = fields_[kWeekday].has(local.tm_wday);
  return fields_[kDay].any || fields_[kWeekday].any ? day && weekday : day || weekday;
}

std::optional<std::time_t> Schedule::next(std::time_t time) const {
  if (every_.count() != 0) return time + every_.count();
  std::tm local{};
  std::time_t at = time + 1;
  if (localtime_r(&at, &local) == nullptr) return std::nullopt;
  for (const int last_year = local.tm_year + kYears; local.tm_year <= last_year;) {
    if (!fields_[kMonth].has(local.tm_mon + 1))
      at = step(local, &std::tm::tm_mon, at);
    else if (!has_day(local))
      at = step(local, &std::tm::tm_mday, at);
    else if (!fields_[kHour].has(local.tm_hour))
      at = step(local, &std::tm::tm_hour, at);
    else if (!fields_[kMinute].has(local.tm_min))
      at = step(local, &std::tm::tm_min, at);
    else if (!fields_[kSecond].has(local.tm_sec))
      ++at;
    else
      return at;
    if (localtime_r(&at, &local) == nullptr) return std::nullopt;
  }
  return std::nullopt;
}

bool ScheduleText::read(Node& node, std::string& out, const Reading& at) {
  if (!node.is_scalar()) return at.expected(node, kName);
  const auto schedule = Schedule::parse(node.text);
  if (!schedule) return at.complain(node, schedule.error().message);
  out = node.text;
  return true;
}

}  // namespace ros::config
