// The table of a network interface's keys, and the kinds that only the network uses; see kinds.h.
#pragma once

#include <span>

#include "config/kinds.h"
#include "config/network.h"
#include "config/table.h"

namespace ros::config {

[[nodiscard]] std::span<const Row<InterfaceConfig>> interface_table();

// Kept in the form of base/ip.h.
struct IpAddress {
  static constexpr std::string_view kName = "an IP address";
  static bool read(Node& node, std::string& out, const Reading& at);
  static Node show(const std::string& value) { return Node::scalar(value, true); }
};

struct IpAddresses {
  static constexpr std::string_view kName = "a list of IP addresses";
  static constexpr Shape kShape = Shape::kList;
  static bool read(Node& node, std::vector<std::string>& out, const Reading& at);
  static Node show(const std::vector<std::string>& value) { return Node::list(value); }
};

// rancher.network.interfaces: a map by name, kept as a list in the order of names.
struct Interfaces {
  static constexpr std::string_view kName = "a map of interfaces";
  static bool read(Node& node, std::vector<InterfaceConfig>& out, const Reading& at);
};

}  // namespace ros::config
