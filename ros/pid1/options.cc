#include "pid1/options.h"

#include "base/text.h"
#include "config/scalar.h"

namespace ros::pid1 {
namespace {

// The next word, without its quotes; `rest` is what follows.
std::string next_word(std::string_view& rest) {
  std::string word;
  bool quoted = false;
  std::size_t i = 0;
  for (; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '"')
      quoted = !quoted;
    else if (!quoted && (c == ' ' || c == '\t' || c == '\n'))
      break;
    else
      word += c;
  }
  rest.remove_prefix(i < rest.size() ? i + 1 : i);
  return word;
}

void set_flag(bool& target, std::string_view value) {
  if (value == "1" || value == "0") {
    target = value == "1";
  } else if (const auto truth = config::parse_truth(value)) {
    target = *truth;
  }
}

void set_seconds(std::chrono::seconds& target, std::string_view value) {
  const auto number = parse_int(value);
  if (number && *number >= 0 && *number <= 86400) target = std::chrono::seconds(*number);
}

}  // namespace

BootOptions parse_boot_options(std::string_view command_line) {
  BootOptions options;
  while (!command_line.empty()) {
    const std::string word = next_word(command_line);
    if (word == "--") break;  // arguments of init, not of the kernel
    const auto equals = word.find('=');
    const std::string key = word.substr(0, equals);
    const std::string value = equals == std::string::npos ? "true" : word.substr(equals + 1);
    if (key == "rancher.system.dev")
      options.system_device = value;
    else if (key == "rancher.system.wait")
      set_seconds(options.system_wait, value);
    else if (key == "rancher.system.toram")
      set_flag(options.to_ram, value);
    else if (key == "rancher.rescue_timeout")
      set_seconds(options.rescue_timeout, value);
    else if (key == "rancher.rescue")
      set_flag(options.rescue, value);
    else if (key == "rancher.debug")
      set_flag(options.debug, value);
  }
  return options;
}

}  // namespace ros::pid1
