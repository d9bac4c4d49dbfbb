#include "cli/boot_svg.h"

#include <gtest/gtest.h>

namespace ros::cli {
namespace {

constexpr auto kReport = R"({"version": "1.2", "ready_ms": 4000, "entries": [
  {"kind": "step", "name": "state", "start_ms": 500, "end_ms": 1000},
  {"kind": "service", "name": "docker", "start_ms": 1000, "end_ms": 4000},
  {"kind": "service", "name": "a<b", "start_ms": 2000, "error": "no & yes"}]})";

int count(const std::string& text, std::string_view part) {
  int found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(BootSvg, OneBarAnEntryInScale) {
  const auto svg = boot_svg(kReport);
  ASSERT_TRUE(svg) << svg.error().message;
  EXPECT_TRUE(svg->starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_TRUE(svg->ends_with("</svg>\n"));
  EXPECT_EQ(count(*svg, "<rect "), 3);
  // 800 pixels are 4 seconds.
  EXPECT_NE(svg->find("<rect x=\"270.0\" y=\"40.0\" width=\"100.0\""), std::string::npos);
  EXPECT_NE(svg->find("<rect x=\"370.0\" y=\"58.0\" width=\"600.0\""), std::string::npos);
  EXPECT_NE(svg->find("ready 4.00 s"), std::string::npos);
}

TEST(BootSvg, NamesAndErrorsAreEscapedAndTold) {
  const auto svg = boot_svg(kReport).value();
  EXPECT_NE(svg.find("service a&lt;b, 2.00 to 4.00 s: no &amp; yes"), std::string::npos);
  EXPECT_EQ(count(svg, "fill-opacity"), 1) << "what is not over is paler";
}

TEST(BootSvg, AnEmptyBootAndABrokenReport) {
  EXPECT_TRUE(boot_svg(R"({"version": "1", "ready_ms": 0, "entries": []})"));
  EXPECT_FALSE(boot_svg("{"));
  EXPECT_FALSE(boot_svg(R"({"version": 1})"));
}

}  // namespace
}  // namespace ros::cli
