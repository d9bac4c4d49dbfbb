#include "base/text.h"

#include <gmock/gmock.h>

namespace ros {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Split, KeepsEmptyPieces) {
  EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", ""));
  EXPECT_THAT(split("", ','), IsEmpty());
}

TEST(SplitWords, DropsRunsOfBlanks) {
  EXPECT_THAT(split_words("  a\t b\n"), ElementsAre("a", "b"));
}

TEST(ParseInt, TakesTheWholeText) {
  EXPECT_EQ(parse_int("-12").value(), -12);
  EXPECT_EQ(parse_int("12x").error().message, "'12x' is not a whole number");
  EXPECT_FALSE(parse_int("").has_value());
  EXPECT_FALSE(parse_int("99999999999999999999").has_value());
}

TEST(GlobMatch, MatchesWholeText) {
  EXPECT_TRUE(glob_match("eth*", "eth0"));
  EXPECT_TRUE(glob_match("*a*b?", "xxaybz"));
  EXPECT_FALSE(glob_match("eth?", "eth10"));
  EXPECT_FALSE(glob_match("", "a"));
}

TEST(Fingerprint, DiffersForDifferentTexts) {
  EXPECT_EQ(fingerprint("a").size(), 16U);
  EXPECT_NE(fingerprint("a"), fingerprint("b"));
}

}  // namespace
}  // namespace ros
