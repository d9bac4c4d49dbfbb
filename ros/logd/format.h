// The lines of /var/log/services/SERVICE.log. Pure.
//
//   2026-11-23T23:25:13.042Z O listening on port 53
//   ^ UTC, milliseconds      ^ O standard output, E standard error, - a note by logd
//
// The time is when logd took the line up. A line longer than 16 KiB is cut; each piece but the last
// has the tag in lower case (o, e) and goes on in the next line with that tag of either case.
// Control characters but tab stand as \xNN, so that a service can't steer the terminal of whoever
// reads its log; colours may pass. A carriage return at the end of a line is left out; other bytes
// are as the service wrote them, UTF-8 or not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ros::logd {

inline constexpr std::size_t kLongestLine = std::size_t{16} << 10U;

enum class Tag : char { kOut = 'O', kErr = 'E', kNote = '-' };

// "2026-11-23T23:25:13.042Z" from milliseconds since 1970.
[[nodiscard]] std::string stamp(std::int64_t milliseconds);

// Formats the whole lines at the beginning of `raw` into `out` and gives the number of bytes they
// took. What follows the last newline is kept for later, unless it is longer than a line may be or
// `final` says that nothing follows. Stops when `out` has grown beyond `limit` bytes.
[[nodiscard]] std::size_t format_lines(std::string_view raw, bool final, Tag tag,
                                       const std::string& stamp, std::size_t limit,
                                       std::string& out);

// "2026-... - 12 lines dropped"
[[nodiscard]] std::string dropped_note(const std::string& stamp, std::uint64_t lines);

struct LogLine {
  std::string_view stamp;
  char tag = '-';
  std::string_view text;
};
// Nothing when `line` (without newline) is not of this format.
[[nodiscard]] std::optional<LogLine> parse_line(std::string_view line);

}  // namespace ros::logd
