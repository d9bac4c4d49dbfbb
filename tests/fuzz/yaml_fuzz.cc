// Any text as a layer: what is read can be written and read again with the same meaning.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "config/load.h"
#include "config/yaml.h"
#include "plan/print.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto parsed = ros::config::parse_yaml(text, {"fuzz", 1, 1});
  if (parsed.ok) {
    const auto written = ros::config::to_yaml(parsed.root);
    const auto again = ros::config::parse_yaml(written, {"fuzz", 1, 1});
    if (written.size() <= ros::config::kMaxYamlBytes &&
        (!again.ok || ros::config::to_yaml(again.root) != written))
      std::abort();
  }
  const auto result = ros::config::load({{"fuzz", text}}, "");
  if (ros::plan::to_json(ros::plan::build(result.config, {})).empty()) std::abort();
  return 0;
}
