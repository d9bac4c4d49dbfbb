// What the built-in services and the system containerd take from the configuration, and its kinds
// (kinds.h). Every text here ends up in a program's configuration file, so none holds anything but
// what a host's name, address or URL may have.
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

// Of this machine; "" = not given.
struct HostName {
  static constexpr std::string_view kName = "a host name of at most 64 characters";
  static bool read(Node& node, std::string& out, const Reading& at);
  static Node show(const std::string& value) { return Node::scalar(value, true); }
};

// A level of kernel_lockdown(7).
struct Lockdown {
  static constexpr std::string_view kName = "none, integrity or confidentiality";
  static bool read(Node& node, std::string& out, const Reading& at);
  static Node show(const std::string& value) { return Node::scalar(value); }
};

struct Registries {
  static constexpr std::string_view kName = "a list of HOST[:PORT]";
  static constexpr Shape kShape = Shape::kList;
  static bool read(Node& node, std::vector<std::string>& out, const Reading& at);
  static Node show(const std::vector<std::string>& value) { return Node::list(value); }
};

// What programs take for a proxy: a URL or HOST:PORT, without blanks, and without '#', which would
// cut a password in two (RFC 3986: %23).
struct ProxyUrl {
  static constexpr std::string_view kName = "a URL of a proxy";
  static bool read(Node& node, std::string& out, const Reading& at);
  static Node show(const std::string& value) { return Node::scalar(value, true); }
};

// "" = none.
struct MirrorUrl {
  static constexpr std::string_view kName = "an http:// or https:// URL";
  static bool read(Node& node, std::string& out, const Reading& at);
  static Node show(const std::string& value) { return Node::scalar(value, true); }
};

}  // namespace ros::config
