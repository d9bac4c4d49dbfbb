#include "netconf/dhcp_args.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace ros::netconf {
namespace {

enum class Value { kNone, kRequired, kAttached };  // attached: only in the same word

struct Option {
  char letter;
  std::string_view name;
  Value value = Value::kNone;
};

// dhcpcd(8), those that an interface can have. Others concern the process or what it runs.
constexpr auto kOptions = std::to_array<Option>({
    {'4', "ipv4only"},
    {'6', "ipv6only"},
    {'A', "noarp"},
    {'D', "duid", Value::kAttached},
    {'E', "lastlease"},
    {'F', "fqdn", Value::kAttached},
    {'G', "nogateway"},
    {'H', "xidhwaddr"},
    {'I', "clientid", Value::kAttached},
    {'J', "broadcast"},
    {'K', "nolink"},
    {'L', "noipv4ll"},
    {'O', "nooption", Value::kRequired},
    {'Q', "require", Value::kRequired},
    {'S', "static", Value::kRequired},
    {'W', "whitelist", Value::kRequired},
    {'X', "blacklist", Value::kRequired},
    {'h', "hostname", Value::kAttached},
    {'i', "vendorclassid", Value::kAttached},
    {'l', "leasetime", Value::kRequired},
    {'m', "metric", Value::kRequired},
    {'o', "option", Value::kRequired},
    {'p', "persistent"},
    {'r', "request", Value::kAttached},
    {'s', "inform", Value::kAttached},
    {'t', "timeout", Value::kRequired},
    {'u', "userclass", Value::kRequired},
    {'v', "vendor", Value::kRequired},
    {'w', "waitip", Value::kAttached},
    {'y', "reboot", Value::kRequired},
});

// Letters of options that concern the process and have a value.
constexpr std::string_view kOthersWithValue = "cefjzCZ";

// Long options that an interface can have and that have no letter.
constexpr auto kLongOnly = std::to_array<std::string_view>({
    "anonymous",
    "arping",
    "bootp",
    "destination",
    "dhcp",
    "dhcp6",
    "gateway",
    "ia_na",
    "ia_pd",
    "ia_ta",
    "iaid",
    "inform6",
    "ipv4",
    "ipv4ll",
    "ipv6",
    "ipv6ra_autoconf",
    "ipv6ra_noautoconf",
    "ipv6rs",
    "nodelay",
    "nodhcp",
    "nodhcp6",
    "noipv4",
    "noipv6",
    "noipv6rs",
    "reject",
    "slaac",
    "msuserclass",
    "mudurl",
    "vendclass",
    "hostname_short",
});

class Reader {
 public:
  explicit Reader(const std::vector<std::string>& words) : words_(words) {}

  DhcpLines read() {
    while (at_ < words_.size()) {
      const std::string_view word = words_[at_++];
      if (word.starts_with("--") && word.size() > 2) {
        long_option(word.substr(2));
      } else if (word.starts_with('-') && word.size() > 1) {
        letters(word.substr(1));
      } else {
        result_.ignored.emplace_back(word);
      }
    }
    return std::move(result_);
  }

 private:
  void long_option(std::string_view text) {
    const auto equals = text.find('=');
    const auto name = text.substr(0, equals);
    std::string value(equals == std::string_view::npos ? "" : text.substr(equals + 1));
    if (equals == std::string_view::npos && at_ < words_.size() && !words_[at_].starts_with('-'))
      value = words_[at_++];
    const bool known = std::ranges::find(kOptions, name, &Option::name) != kOptions.end() ||
                       std::ranges::find(kLongOnly, name) != kLongOnly.end();
    add(known, "--" + std::string(name), name, value);
  }

  void letters(std::string_view text) {
    while (!text.empty()) {
      const char letter = text[0];
      text.remove_prefix(1);
      const auto* const option = std::ranges::find(kOptions, letter, &Option::letter);
      const bool known = option != kOptions.end();
      const bool required =
          known ? option->value == Value::kRequired : kOthersWithValue.contains(letter);
      std::string value;
      if (required || (known && option->value == Value::kAttached)) {
        value = text;
        text = {};
      }
      if (required && value.empty() && at_ < words_.size()) value = words_[at_++];
      add(known, std::string("-") + letter, known ? option->name : "", value);
    }
  }

  // A line can't hold a line end: what follows it would be another option.
  void add(bool known, const std::string& argument, std::string_view name,
           const std::string& value) {
    const bool clean = std::ranges::none_of(value, [](unsigned char c) { return c < ' '; });
    if (!known || !clean) {
      result_.ignored.push_back(argument);
    } else {
      result_.lines.push_back(std::string(name) + (value.empty() ? "" : " " + value));
    }
  }

  const std::vector<std::string>& words_;
  std::size_t at_ = 0;
  DhcpLines result_;
};

}  // namespace

DhcpLines dhcp_lines(const std::vector<std::string>& arguments) {
  return Reader(arguments).read();
}

}  // namespace ros::netconf
