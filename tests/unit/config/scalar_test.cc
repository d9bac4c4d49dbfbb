#include "config/scalar.h"

#include <gtest/gtest.h>

namespace ros::config {
namespace {

using std::chrono::milliseconds;

TEST(Scalar, Truth) {
  for (const auto* const yes : {"true", "True", "TRUE", "yes", "on", "ON"})
    EXPECT_TRUE(parse_truth(yes).value()) << yes;
  for (const auto* const no : {"false", "no", "off", "Off"})
    EXPECT_FALSE(parse_truth(no).value()) << no;
  EXPECT_EQ(parse_truth("maybe").error().message, "expected true or false, got 'maybe'");
  EXPECT_FALSE(parse_truth(""));
  EXPECT_FALSE(parse_truth("1"));
}

TEST(Scalar, Bytes) {
  EXPECT_EQ(parse_bytes("4096").value(), 4096U);
  EXPECT_EQ(parse_bytes("64m").value(), 64U << 20U);
  EXPECT_EQ(parse_bytes("64MB").value(), 64U << 20U);
  EXPECT_EQ(parse_bytes("64MiB").value(), 64U << 20U);
  EXPECT_EQ(parse_bytes("1.5g").value(), 3U << 29U);
  EXPECT_EQ(parse_bytes("2t").value(), std::uint64_t{2} << 40U);
  EXPECT_EQ(parse_bytes("7b").value(), 7U);
  EXPECT_EQ(parse_bytes("0").value(), 0U);
  for (const auto* const bad :
       {"", "m", "-1", "64x", "1e3", "9999999999t", "1 2", "0x10", ".", "nan"})
    EXPECT_FALSE(parse_bytes(bad)) << bad;
}

TEST(Scalar, Duration) {
  EXPECT_EQ(parse_duration("90").value(), milliseconds(90'000));
  EXPECT_EQ(parse_duration("10s").value(), milliseconds(10'000));
  EXPECT_EQ(parse_duration("500ms").value(), milliseconds(500));
  EXPECT_EQ(parse_duration("1m30s").value(), milliseconds(90'000));
  EXPECT_EQ(parse_duration("1.5h").value(), milliseconds(5'400'000));
  for (const auto* const bad : {"", "s", "10x", "-1s", "1m-30s", "10 s", "99999999999h"})
    EXPECT_FALSE(parse_duration(bad)) << bad;
}

TEST(Scalar, OctalIsNeverDecimal) {
  EXPECT_EQ(parse_octal("0644").value(), 0644U);
  EXPECT_EQ(parse_octal("644").value(), 0644U);
  EXPECT_EQ(parse_octal("0o755").value(), 0755U);
  EXPECT_EQ(parse_octal("7777").value(), 07777U);
  for (const auto* const bad : {"", "0o", "889", "10000", "rw-", "-644", "99999999999"})
    EXPECT_FALSE(parse_octal(bad)) << bad;
}

TEST(Scalar, CommandSplitsLikeAShell) {
  const auto words = [](std::string_view text) { return split_command(text).value(); };
  using W = std::vector<std::string>;
  EXPECT_EQ(words("a  b\tc\n"), (W{"a", "b", "c"}));
  EXPECT_EQ(words("sh -c 'echo \"x y\"'"), (W{"sh", "-c", "echo \"x y\""}));
  EXPECT_EQ(words(R"(a\ b "c\"d" "e\f" 'g\h')"), (W{"a b", "c\"d", "e\\f", "g\\h"}));
  EXPECT_EQ(words("x'' ''"), (W{"x", ""}));
  EXPECT_EQ(words(""), W{});
  EXPECT_FALSE(split_command("a 'b"));
  EXPECT_FALSE(split_command("a \"b"));
  EXPECT_FALSE(split_command("a\\"));
}

TEST(Scalar, Base64) {
  EXPECT_EQ(decode_base64("aGVsbG8=").value(), "hello");
  EXPECT_EQ(decode_base64("aGVs\n  bG8=\r\n").value(), "hello");
  EXPECT_EQ(decode_base64("aGVsbG8").value(), "hello");
  EXPECT_EQ(decode_base64("AP8A/w==").value(), std::string("\0\xff\0\xff", 4));
  EXPECT_EQ(decode_base64("").value(), "");
  for (const auto* const bad : {"a", "aGVsbG8=x", "aG*s", "=", "aGVsbG8==", "a==="})
    EXPECT_FALSE(decode_base64(bad)) << bad;
}

TEST(Scalar, Utf8) {
  EXPECT_TRUE(is_utf8("plain \xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80"));
  for (const auto* const bad : {"\xC3", "\xFF", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80",
                                "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\x80"})
    EXPECT_FALSE(is_utf8(bad));
}

TEST(Scalar, NeedsQuotes) {
  for (const auto* const text :
       {"",     "yes",  "No",  "null", "~",  "123",  "0x1f", "1.5", "-3", ".5",
        "a: b", "a #b", "- a", "*a",   "&a", "!a",   "[",    "{a",  "a:", " a",
        "a ",   "'a",   "@a",  "%a",   "`a", "1:30", "a\nb", "---", "<<"})
    EXPECT_TRUE(needs_quotes(text)) << text;
  for (const auto* const text : {"a", "a b", "a:b", "http://x/y", "-a", "--debug", "a#b",
                                 "/dev/sda", "LABEL=X", "v1.2", "127.0.0.1"})
    EXPECT_FALSE(needs_quotes(text)) << text;
}

}  // namespace
}  // namespace ros::config
