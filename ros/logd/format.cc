#include "logd/format.h"

#include <fmt/format.h>

#include <ctime>

#include "base/text.h"

namespace ros::logd {
namespace {

constexpr std::size_t kStampSize = 24;

// Bytes of a control sequence that sets colours (ECMA-48: SGR) at the beginning of `text`; else 0.
[[nodiscard]] std::size_t colour(std::string_view text) {
  if (!text.starts_with("\x1b[")) return 0;
  const auto end = text.find_first_not_of("0123456789;:", 2);
  return end != std::string_view::npos && text[end] == 'm' ? end + 1 : 0;
}

// Bytes at the beginning of `text` that a terminal shows, or takes its colours from.
[[nodiscard]] std::size_t harmless(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size()) {
    const auto rest = text.substr(size);
    if (control_character(rest) == 0) {
      ++size;
    } else if (const auto bytes = colour(rest); bytes > 0) {
      size += bytes;
    } else {
      break;
    }
  }
  return size;
}

void append_line(std::string& out, const std::string& stamp, char tag, std::string_view text) {
  out += stamp;
  out += ' ';
  out += tag;
  out += ' ';
  while (!text.empty()) {
    const auto shown = harmless(text);
    out += text.substr(0, shown);
    text.remove_prefix(shown);
    if (text.empty()) break;
    const auto hidden = control_character(text);
    out += printable(text.substr(0, hidden));
    text.remove_prefix(hidden);
  }
  out += '\n';
}

[[nodiscard]] char continued(Tag tag) {
  return tag == Tag::kOut ? 'o' : 'e';
}

}  // namespace

std::string stamp(std::int64_t milliseconds) {
  constexpr std::int64_t kSecond = 1000;
  const std::time_t seconds = static_cast<std::time_t>(milliseconds / kSecond);
  std::tm time{};
  gmtime_r(&seconds, &time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", time.tm_year + 1900,
                     time.tm_mon + 1, time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec,
                     milliseconds % kSecond);
}

std::size_t format_lines(std::string_view raw, bool final, Tag tag, const std::string& stamp,
                         std::size_t limit, std::string& out) {
  std::size_t used = 0;
  while (used < raw.size() && out.size() < limit) {
    const std::string_view rest = raw.substr(used);
    const auto end = rest.substr(0, kLongestLine + 1).find('\n');
    if (end != std::string_view::npos) {
      std::string_view text = rest.substr(0, end);
      if (text.ends_with('\r')) text.remove_suffix(1);
      append_line(out, stamp, static_cast<char>(tag), text);
      used += end + 1;
    } else if (rest.size() > kLongestLine) {
      append_line(out, stamp, continued(tag), rest.substr(0, kLongestLine));
      used += kLongestLine;
    } else {
      if (!final) break;
      append_line(out, stamp, static_cast<char>(tag), rest);
      used = raw.size();
    }
  }
  return used;
}

std::string dropped_note(const std::string& stamp, std::uint64_t lines) {
  return fmt::format("{} - {} lines dropped\n", stamp, lines);
}

std::optional<LogLine> parse_line(std::string_view line) {
  if (line.size() < kStampSize + 3) return std::nullopt;
  LogLine parsed{line.substr(0, kStampSize), line[kStampSize + 1], line.substr(kStampSize + 3)};
  constexpr std::string_view kTags = "OEoe-";
  const bool shaped = line[10] == 'T' && line[kStampSize - 1] == 'Z' && line[kStampSize] == ' ' &&
                      line[kStampSize + 2] == ' ' && kTags.find(parsed.tag) != kTags.npos;
  return shaped ? std::optional(parsed) : std::nullopt;
}

}  // namespace ros::logd
