#include "manager/last_words.h"

#include <fmt/format.h>

#include "base/text.h"
#include "logd/reader.h"

namespace ros::manager {
namespace {

constexpr std::size_t kMostBytes = 200;
constexpr std::size_t kStamp = 27;  // "2026-11-30T00:00:00.000Z E ", see logd/format.h

// "" when it said nothing.
std::string last_line(const std::string& service, const std::string& logs) {
  auto reader = logd::LogReader::open(service, false, logs);
  const auto lines = reader ? reader->last(1) : std::vector<std::string>();
  if (!lines || lines->empty() || lines->front().size() <= kStamp) return "";
  return printable(lines->front().substr(kStamp, kMostBytes));
}

}  // namespace

bool in_trouble(const control::ServiceRow& row) {
  return row.failed || (row.up && row.restarts > 0);
}

void add_last_words(control::ServiceRows& rows, const std::string& logs) {
  for (auto& row : rows.services) {
    if (!in_trouble(row)) continue;
    if (row.reason.empty()) row.reason = fmt::format("started again, {} times now", row.restarts);
    if (const auto said = last_line(row.name, logs); !said.empty())
      row.reason += "; it said: " + said;
  }
}

}  // namespace ros::manager
