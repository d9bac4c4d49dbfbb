// Pure text helpers shared by every room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ros {

// Pieces between `separator`, empty ones kept; an empty text gives no piece.
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);

// Non-empty pieces between runs of blanks and newlines.
[[nodiscard]] std::vector<std::string> split_words(std::string_view text);

[[nodiscard]] std::string_view trim(std::string_view text);

[[nodiscard]] std::string join(const std::vector<std::string>& parts, std::string_view separator);

// Bytes of the control character at the beginning of `text`, which is not empty: one of C0 but tab,
// DEL, or one of C1 in UTF-8. 0 when another character is there.
[[nodiscard]] std::size_t control_character(std::string_view text);

// With "\xNN" for each byte of a control character: safe to show on a terminal.
[[nodiscard]] std::string printable(std::string_view text);

// Whole text as a decimal integer; an error names the text.
[[nodiscard]] Result<std::int64_t> parse_int(std::string_view text);

// Shell-style pattern with * and ? (no classes), the whole text must match.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view text);

// 64-bit FNV-1a as 16 hex digits: an identity for definitions, not a security hash.
[[nodiscard]] std::string fingerprint(std::string_view text);

}  // namespace ros
