#pragma once

#include <string>
#include <vector>

#include "netconf/operations.h"

namespace ros::tests {

using Lines = std::vector<std::string>;

inline sys::Link card(int index, const std::string& name, const std::string& mac = "") {
  return {.index = index, .name = name, .mac = mac, .mtu = 1500, .up = true, .card = true};
}

inline sys::Link made_by_a_program(int index, const std::string& name) {
  auto link = card(index, name);
  link.card = false;
  return link;
}

inline config::InterfaceConfig entry(const std::string& name) {
  config::InterfaceConfig entry;
  entry.name = name;
  return entry;
}

inline config::InterfaceConfig dhcp_on(const std::string& name) {
  auto dhcp = entry(name);
  dhcp.dhcp = true;
  return dhcp;
}

inline config::InterfaceConfig static_on(const std::string& name, const std::string& address,
                                         const std::string& gateway = "") {
  auto fixed = entry(name);
  fixed.address = {address};
  fixed.gateway = gateway;
  return fixed;
}

inline config::NetworkConfig network_of(std::vector<config::InterfaceConfig> entries) {
  config::NetworkConfig config;
  config.interfaces = std::move(entries);
  return config;
}

}  // namespace ros::tests
