// What texts in the configuration mean: numbers with units, truth values, command lines, base64.
// Errors say what was expected and what was found.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ros::config {

// true yes on / false no off, in any case.
[[nodiscard]] Result<bool> parse_truth(std::string_view text);

// Whether the text can stand in YAML without quotes and still be one scalar.
[[nodiscard]] bool is_plain(std::string_view text);

// Whether YAML would read the text without quotes as something else than a text: a number, a truth
// value, null, or syntax.
[[nodiscard]] bool needs_quotes(std::string_view text);

// "64m", "1.5g", "4096": bytes, with the units b k m g t (powers of 1024, "kb" and "kib" too).
[[nodiscard]] Result<std::uint64_t> parse_bytes(std::string_view text);

// "90" seconds, "500ms", "1m30s", "1h".
[[nodiscard]] Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// "0644", "644": permission bits, always octal.
[[nodiscard]] Result<unsigned> parse_octal(std::string_view text);

// Words as a shell splits them: quotes and backslashes, no expansion.
[[nodiscard]] Result<std::vector<std::string>> split_command(std::string_view text);

// Blanks and line ends between the characters are fine.
[[nodiscard]] Result<std::string> decode_base64(std::string_view text);

// Where the text stops being UTF-8 (RFC 3629); npos when it does not.
[[nodiscard]] std::size_t first_not_utf8(std::string_view text);
[[nodiscard]] inline bool is_utf8(std::string_view text) {
  return first_not_utf8(text) == std::string_view::npos;
}

}  // namespace ros::config
