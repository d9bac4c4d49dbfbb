#include "manager/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace ros::manager {
namespace {

double seconds(sys::Millis time) {
  return static_cast<double>(time.count()) / 1000.0;
}

// One bar of the report: a step or a service.
struct Entry {
  std::string kind;
  std::string name;
  sys::Millis start{0};
  std::optional<sys::Millis> end;  // not set: not over, or never ready
  std::string error;
};

std::vector<Entry> entries(const BootReport& report) {
  std::vector<Entry> list;
  for (const auto& step : report.steps) {
    list.push_back({"step", step.name, step.start, step.end, step.error});
  }
  for (const auto& service : report.services) {
    const auto error = service.failed ? service.reason : std::string();
    list.push_back({"service", service.service, service.start_at.value_or(report.ready),
                    service.ready_at, error});
  }
  std::ranges::stable_sort(list, {}, &Entry::start);
  return list;
}

}  // namespace

std::string report_text(const BootReport& report) {
  std::string text = "   start    took  what\n";
  std::string failures;
  for (const auto& entry : entries(report)) {
    const auto took = entry.end ? fmt::format("{:.2f}", seconds(*entry.end - entry.start)) : "-";
    text +=
        fmt::format("{:8.2f}{:>8}  {} {}\n", seconds(entry.start), took, entry.kind, entry.name);
    if (!entry.error.empty()) {
      failures += fmt::format("failed: {} {}: {}\n", entry.kind, entry.name, entry.error);
    }
  }
  return text + failures +
         fmt::format("roster {} ready in {:.2f} s\n", ROS_VERSION, seconds(report.ready));
}

std::string complaints_text(const config::Complaints& complaints) {
  constexpr std::size_t kMostLines = 10;
  std::vector<std::string> lines;
  for (const auto& complaint : complaints)
    if (!complaint.harmless) lines.push_back(complaint.describe());
  if (lines.empty()) return "";
  const auto count = lines.size();
  if (count > kMostLines) lines.resize(kMostLines);
  std::string text = "The configuration is not in effect as it is written:\n";
  for (const auto& line : lines) text += "  " + line + "\n";
  if (count > kMostLines) text += fmt::format("  ... and {} more\n", count - kMostLines);
  return text + "See them with: sudo ros config validate\n";
}

std::string report_json(const BootReport& report) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& entry : entries(report)) {
    nlohmann::json item{
        {"kind", entry.kind}, {"name", entry.name}, {"start_ms", entry.start.count()}};
    if (entry.end) item["end_ms"] = entry.end->count();
    if (!entry.error.empty()) item["error"] = entry.error;
    list.push_back(std::move(item));
  }
  const nlohmann::json document{
      {"version", ROS_VERSION}, {"ready_ms", report.ready.count()}, {"entries", list}};
  return document.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace ros::manager
