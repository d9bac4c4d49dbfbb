// Any kernel command line: parsed, typed, planned; positions stay inside the text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/cmdline.h"
#include "config/load.h"
#include "plan/print.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto& assignment : ros::config::parse_command_line(text).assignments) {
    const auto column = assignment.value.key_position.column;
    if (column < 1 || static_cast<std::size_t>(column) > size) std::abort();
  }
  const auto result = ros::config::load({}, text);
  if (ros::plan::to_json(ros::plan::build(result.config, {})).empty()) std::abort();
  return 0;
}
