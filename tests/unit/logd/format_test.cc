#include "logd/format.h"

#include <gtest/gtest.h>

#include "logd/reader.h"

namespace ros::logd {
namespace {

constexpr std::size_t kNoLimit = 1U << 30U;
const std::string kTime = "2026-11-23T23:25:13.042Z";

[[nodiscard]] std::string format(std::string_view raw, bool final, std::size_t& used) {
  std::string out;
  used = format_lines(raw, final, Tag::kOut, kTime, kNoLimit, out);
  return out;
}

TEST(Format, StampIsUtcWithMilliseconds) {
  EXPECT_EQ(stamp(0), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(stamp(1'795'476'313'042), "2026-11-23T23:25:13.042Z");
}

TEST(Format, WholeLinesOnly) {
  std::size_t used = 0;
  EXPECT_EQ(format("one\n\ntwo\r\nthr", false, used),
            kTime + " O one\n" + kTime + " O \n" + kTime + " O two\n");
  EXPECT_EQ(used, 10U);
  EXPECT_EQ(format("thr", true, used), kTime + " O thr\n");
  EXPECT_EQ(used, 3U);
}

TEST(Format, BinaryIsMadeVisibleAndTextLeftAlone) {
  std::size_t used = 0;
  const std::string raw("a\0b\x07\x7f\t\x1b[1m gr\xc3\xbc\xff\rx\n", 19);
  EXPECT_EQ(format(raw, false, used),
            kTime + " O a\\x00b\\x07\\x7f\t\x1b[1m gr\xc3\xbc\xff\\x0dx\n");
  EXPECT_EQ(used, raw.size());
}

TEST(Format, OnlyColoursReachATerminal) {
  std::size_t used = 0;
  EXPECT_EQ(format("\x1b[0;31mred\x1b[38:5:1m\x1b[m\n", false, used),
            kTime + " O \x1b[0;31mred\x1b[38:5:1m\x1b[m\n");
  // Clears, moves the cursor, sets the title, resets, C1 in UTF-8; a colour that does not end.
  EXPECT_EQ(format("\x1b[2J\x1b[1;1H\x1b]0;t\x07\x1b"
                   "c\xc2\x9b"
                   "2J\xc3\x80\x1b[31\n",
                   false, used),
            kTime + " O \\x1b[2J\\x1b[1;1H\\x1b]0;t\\x07\\x1bc\\xc2\\x9b2J\xc3\x80\\x1b[31\n");
}

TEST(Format, LongLinesAreCutInPieces) {
  std::size_t used = 0;
  const std::string raw(2 * kLongestLine + 5, 'x');
  const std::string piece(kLongestLine, 'x');
  EXPECT_EQ(format(raw + "\n", false, used),
            kTime + " o " + piece + "\n" + kTime + " o " + piece + "\n" + kTime + " O xxxxx\n");
  EXPECT_EQ(used, raw.size() + 1);
  EXPECT_EQ(format(piece + "\n", false, used), kTime + " O " + piece + "\n");
  EXPECT_EQ(format(piece, false, used), "");
  EXPECT_EQ(used, 0U);
}

TEST(Format, StopsAtTheLimit) {
  std::string out;
  const std::string raw = "a\nb\nc\n";
  EXPECT_EQ(format_lines(raw, false, Tag::kErr, kTime, 40, out), 4U);
  EXPECT_EQ(out, kTime + " E a\n" + kTime + " E b\n");
}

TEST(Format, ParsesItsOwnLines) {
  const std::string line = kTime + " E text with  blanks";
  const auto parsed = parse_line(line);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->stamp, kTime);
  EXPECT_EQ(parsed->tag, 'E');
  EXPECT_EQ(parsed->text, "text with  blanks");
  EXPECT_EQ(parse_line(kTime + " O ")->text, "");
  const std::string note = dropped_note(kTime, 12);
  EXPECT_EQ(parse_line(std::string_view(note).substr(0, note.size() - 1))->text,
            "12 lines dropped");
  EXPECT_FALSE(parse_line("something else entirely, long enough"));
  EXPECT_FALSE(parse_line(""));
}

TEST(LastLines, CountsFromTheEnd) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(last_lines("a\nb\nc\n", 2), (Texts{"b", "c"}));
  EXPECT_EQ(last_lines("a\n\n", 5), (Texts{"a", ""}));
  EXPECT_EQ(last_lines("\n", 5), (Texts{""}));
  EXPECT_EQ(last_lines("", 5), Texts{});
  EXPECT_EQ(last_lines("a\n", 0), Texts{});
}

}  // namespace
}  // namespace ros::logd
