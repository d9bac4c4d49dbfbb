#include "config/scalar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/text.h"

namespace ros::config {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return result;
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::unexpected<Error> expected(std::string_view what, std::string_view text) {
  return fail(fmt::format("expected {}, got '{}'", what, text));
}

// Takes digits with an optional fraction off the front; false when there are none.
bool take_number(std::string_view& text, double& number) {
  std::size_t length = 0;
  while (length < text.size() && (is_digit(text[length]) || text[length] == '.')) ++length;
  const auto* const end = text.data() + length;
  const auto [stop, code] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (code != std::errc{} || stop != end) return false;
  text.remove_prefix(length);
  return true;
}

struct Unit {
  std::string_view name;
  double factor;
};

constexpr double kKibi = 1024;
constexpr auto kByteUnits = std::to_array<Unit>({{"", 1},
                                                 {"b", 1},
                                                 {"k", kKibi},
                                                 {"m", kKibi * kKibi},
                                                 {"g", kKibi * kKibi * kKibi},
                                                 {"t", kKibi * kKibi * kKibi * kKibi}});
constexpr auto kTimeUnits =
    std::to_array<Unit>({{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}});

}  // namespace

Result<bool> parse_truth(std::string_view text) {
  const auto word = lower(text);
  if (word == "true" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "no" || word == "off") return false;
  return expected("true or false", text);
}

bool is_plain(std::string_view text) {
  if (text.empty()) return false;
  constexpr std::string_view kIndicators = "-?:,[]{}#&*!|>'\"%@` ";
  const bool dash_word =
      (text[0] == '-' || text[0] == '?' || text[0] == ':') && text.size() > 1 && text[1] != ' ';
  if (kIndicators.contains(text[0]) && !dash_word) return false;
  if (text == "<<" || text.starts_with("---") || text.starts_with("...")) return false;
  if (text.back() == ' ' || text.back() == ':') return false;
  if (text.contains(": ") || text.contains(" #")) return false;
  return std::ranges::none_of(
      text, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; });
}

bool needs_quotes(std::string_view text) {
  if (!is_plain(text) || parse_truth(text)) return true;
  const auto word = lower(text);
  if (word == "~" || word == "null" || word == "y" || word == "n") return true;
  if (word == ".inf" || word == "-.inf" || word == ".nan") return true;
  const bool digits = std::ranges::count(word, '.') <= 1 && std::ranges::any_of(word, is_digit);
  return digits && (is_digit(word[0]) || std::string_view("+-.").contains(word[0])) &&
         std::ranges::all_of(word, [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'f') || std::string_view("+-._xo:").contains(c);
         });
}

Result<std::uint64_t> parse_bytes(std::string_view text) {
  constexpr auto kExpected = "bytes such as '64m'";
  const auto word = lower(trim(text));
  std::string_view rest = word;
  double number = 0;
  if (!take_number(rest, number)) return expected(kExpected, text);
  if (rest.size() > 1 && rest.ends_with("ib")) rest.remove_suffix(2);
  if (rest.size() > 1 && rest.ends_with("b")) rest.remove_suffix(1);
  const auto* const unit = std::ranges::find(kByteUnits, rest, &Unit::name);
  if (unit == kByteUnits.end()) return expected(kExpected, text);
  const double bytes = number * unit->factor;
  if (bytes >= 9.0e18) return expected(kExpected, text);
  return static_cast<std::uint64_t>(bytes);
}

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  constexpr auto kExpected = "a time such as '10s'";
  std::string_view rest = trim(text);
  double total = 0;
  if (rest.empty()) return expected(kExpected, text);
  while (!rest.empty()) {
    double number = 0;
    if (!take_number(rest, number)) return expected(kExpected, text);
    std::size_t length = 0;
    while (length < rest.size() && !is_digit(rest[length]) && rest[length] != '.') ++length;
    const auto name = length == 0 ? std::string_view("s") : rest.substr(0, length);
    rest.remove_prefix(length);
    const auto* const unit = std::ranges::find(kTimeUnits, name, &Unit::name);
    if (unit == kTimeUnits.end()) return expected(kExpected, text);
    total += number * unit->factor;
  }
  if (total > 1e12) return expected(kExpected, text);
  return std::chrono::milliseconds(static_cast<std::int64_t>(total));
}

Result<unsigned> parse_octal(std::string_view text) {
  unsigned value = 0;
  std::string_view digits = text;
  if (digits.starts_with("0o")) digits.remove_prefix(2);
  const auto* const end = digits.data() + digits.size();
  const auto [stop, code] = std::from_chars(digits.data(), end, value, 8);
  if (code != std::errc{} || stop != end || value > 07777)
    return expected("octal permissions such as '0644'", text);
  return value;
}

Result<std::vector<std::string>> split_command(std::string_view text) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (quote == 0 && blank) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    } else {
      if (c == '\\' && quote != '\'') {
        if (++i == text.size()) return expected("a character after the last backslash", text);
        if (quote == '"' && text[i] != '"' && text[i] != '\\') words.back() += c;
        c = text[i];
      }
      words.back() += c;
    }
  }
  if (quote != 0) return expected(fmt::format("a closing {}", quote), text);
  return words;
}

Result<std::string> decode_base64(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  bytes.reserve(text.size() / 4 * 3);
  unsigned bits = 0;
  int digits = 0;
  int padding = 0;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
    const auto value = kAlphabet.find(c);
    if (c == '=' && padding < 2) {
      ++padding;
      continue;
    }
    if (value == std::string_view::npos || padding > 0)
      return fail(
          fmt::format("not base64: unexpected character code {}", static_cast<unsigned char>(c)));
    bits = (bits << 6U) | static_cast<unsigned>(value);
    if (++digits % 4 != 1) {
      const auto shift = static_cast<unsigned>(6 - 2 * ((digits - 1) % 4));
      bytes += static_cast<char>(bits >> shift & 0xFFU);
    }
  }
  const bool whole = padding == 0 ? digits % 4 != 1 : (digits + padding) % 4 == 0;
  if (!whole) return fail("not base64: the text is cut off");
  return bytes;
}

std::size_t first_not_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80                    ? 1
                               : lead >= 0xC2 && lead <= 0xDF ? 2
                               : lead >= 0xE0 && lead <= 0xEF ? 3
                               : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                              : 0;
    if (length == 0 || i + length > text.size()) return i;
    unsigned code = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t k = 1; k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      if ((next & 0xC0U) != 0x80U) return i;
      code = code << 6U | (next & 0x3FU);
    }
    const bool overlong = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);
    if (overlong || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return i;
    i += length;
  }
  return std::string_view::npos;
}

}  // namespace ros::config
