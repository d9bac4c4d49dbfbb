#include "logd/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace ros::logd {
namespace {

constexpr std::size_t kStampSize = 24;

[[nodiscard]] bool is_plain(unsigned char byte) {
  constexpr unsigned char kDelete = 0x7f;
  return (byte >= ' ' && byte != kDelete) || byte == '\t' || byte == '\x1b';
}

void append_line(std::string& out, const std::string& stamp, char tag, std::string_view text) {
  out += stamp;
  out += ' ';
  out += tag;
  out += ' ';
  while (!text.empty()) {
    const auto stop = std::ranges::find_if_not(
        text, [](char byte) { return is_plain(static_cast<unsigned char>(byte)); });
    const auto plain = static_cast<std::size_t>(stop - text.begin());
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) break;
    fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(text.front()));
    text.remove_prefix(1);
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
