// What the built-in services syslog and ntp take from the configuration, and its kinds (kinds.h).
// Every text here ends up in a program's configuration file, so none holds anything but a host's
// name or address.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/kinds.h"

namespace ros::config {

struct SyslogTarget {
  std::string protocol;  // "udp" or "tcp"
  std::string host;      // name, IPv4 or IPv6 address without brackets
  int port = 514;        // RFC 5426; by custom also for TCP
  friend bool operator==(const SyslogTarget&, const SyslogTarget&) = default;
};

// "udp://HOST[:PORT]" or "tcp://HOST[:PORT]", IPv6 addresses in brackets.
[[nodiscard]] std::optional<SyslogTarget> parse_syslog_target(std::string_view text);

// Letters, digits, '.', '-', '_' and, for addresses, ':'.
[[nodiscard]] bool is_host(std::string_view text);

struct SyslogTargets {
  static constexpr std::string_view kName = "a list of udp://HOST[:PORT] or tcp://HOST[:PORT]";
  static constexpr Shape kShape = Shape::kList;
  static bool read(Node& node, std::vector<SyslogTarget>& out, const Reading& at);
};

struct Hosts {
  static constexpr std::string_view kName = "a list of host names or addresses";
  static constexpr Shape kShape = Shape::kList;
  static bool read(Node& node, std::vector<std::string>& out, const Reading& at);
  static Node show(const std::vector<std::string>& value) { return Node::list(value); }
};

}  // namespace ros::config
