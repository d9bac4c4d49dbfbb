#include "config/source.h"

#include <fmt/format.h>

#include "base/text.h"

namespace ros::config {

std::string Position::describe() const {
  return line == 0 ? file : fmt::format("{}:{}:{}", file, line, column);
}

std::string Complaint::describe() const {
  if (key.empty()) return printable(fmt::format("{}: {}", position.describe(), message));
  return printable(fmt::format("{}: {}: {}", position.describe(), key, message));
}

}  // namespace ros::config
