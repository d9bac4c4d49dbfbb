#include "cli/boot_svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace ros::cli {
namespace {

using Json = nlohmann::json;

// Lengths in pixels.
constexpr double kNames = 170;  // column of the names
constexpr double kTimes = 800;  // column of the bars
constexpr double kRow = 18;
constexpr double kBar = 12;
constexpr double kTop = 40;
constexpr double kAfterBar = 6;
constexpr double kLeastBar = 2;  // of what took less than a pixel
constexpr int kMostLines = 12;   // of the grid

struct Bar {
  std::string kind;
  std::string name;
  std::string error;
  double start = 0;  // seconds
  double end = 0;
  bool open = false;  // was not over, or never ready
};

std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      default:
        result += c;
    }
  }
  return result;
}

std::vector<Bar> bars_of(const Json& entries, double ready) {
  std::vector<Bar> bars;
  for (const auto& entry : entries) {
    Bar bar{entry.at("kind").get<std::string>(), entry.at("name").get<std::string>(),
            entry.value("error", ""), entry.at("start_ms").get<double>() / 1000};
    bar.open = !entry.contains("end_ms");
    bar.end = bar.open ? std::max(ready, bar.start) : entry.at("end_ms").get<double>() / 1000;
    bars.push_back(std::move(bar));
  }
  return bars;
}

std::string_view colour(const Bar& bar) {
  if (!bar.error.empty()) return "#c0392b";
  return bar.kind == "service" ? "#2e86c1" : "#7f8c8d";
}

// Whole seconds, few enough to be read.
int grid_step(double seconds) {
  for (const int step : {1, 2, 5, 10, 30, 60})
    if (seconds / step <= kMostLines) return step;
  return 300;
}

std::string grid(double seconds, double scale, double bottom) {
  std::string text;
  const int step = grid_step(seconds);
  for (int second = 0; second <= seconds; second += step) {
    const double x = kNames + second * scale;
    text += fmt::format(
        "<line x1=\"{0:.1f}\" y1=\"{1:.0f}\" x2=\"{0:.1f}\" y2=\"{2:.0f}\" stroke=\"currentColor\" "
        "stroke-opacity=\"0.2\"/>\n<text x=\"{0:.1f}\" y=\"{3:.0f}\" text-anchor=\"middle\">{4} "
        "s</text>\n",
        x, kTop - 6, bottom, kTop - 10, second);
  }
  return text;
}

std::string row(const Bar& bar, double y, double scale) {
  const double x = kNames + bar.start * scale;
  const double width = std::max((bar.end - bar.start) * scale, kLeastBar);
  const auto took = bar.open ? std::string("-") : fmt::format("{:.2f} s", bar.end - bar.start);
  // A text that would leave the picture stands before its bar.
  const bool before = x + width > kNames + kTimes * 0.9;
  return fmt::format(
      "<text x=\"{:.0f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n"
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.0f}\" fill=\"{}\"{}>"
      "<title>{} {}, {:.2f} to {:.2f} s{}</title></rect>\n"
      "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n",
      kNames - kAfterBar, y + kBar - 2, escaped(bar.name), x, y, width, kBar, colour(bar),
      bar.open ? " fill-opacity=\"0.4\"" : "", bar.kind, escaped(bar.name), bar.start, bar.end,
      bar.error.empty() ? "" : ": " + escaped(bar.error),
      before ? x - kAfterBar : x + width + kAfterBar, y + kBar - 2, before ? "end" : "start", took);
}

std::string draw(const Json& report) {
  const double ready = report.at("ready_ms").get<double>() / 1000;
  const auto bars = bars_of(report.at("entries"), ready);
  double last = std::max(ready, 0.1);
  for (const auto& bar : bars) last = std::max(last, bar.end);
  const double scale = kTimes / last;
  const double bottom = kTop + static_cast<double>(bars.size()) * kRow;
  std::string text = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0:.0f} {1:.0f}\" width=\"{0:.0f}\" "
      "height=\"{1:.0f}\" font-family=\"sans-serif\" font-size=\"11\" fill=\"currentColor\">\n"
      "<text x=\"{2:.0f}\" y=\"14\">Roster OS {3}: ready {4:.2f} s after the kernel's "
      "start</text>\n",
      kNames + kTimes + kNames / 4, bottom + kRow, kNames,
      escaped(report.at("version").get<std::string>()), ready);
  text += grid(last, scale, bottom);
  double y = kTop;
  for (const auto& bar : bars) {
    text += row(bar, y, scale);
    y += kRow;
  }
  return text + "</svg>\n";
}

}  // namespace

Result<std::string> boot_svg(const std::string& report) {
  try {
    return draw(Json::parse(report));
  } catch (const Json::exception& error) {
    return fail(std::string("the boot report: ") + error.what());
  }
}

}  // namespace ros::cli
