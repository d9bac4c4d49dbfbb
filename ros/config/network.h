// NetworkConfig: rancher.network, typed (docs/configuration.md). The network service gets it as
// JSON, in a file that the manager writes whenever the configuration changes.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/source.h"

namespace ros::config {

// One entry of rancher.network.interfaces.
struct InterfaceConfig {
  std::string name;   // its key: a name, a pattern with * and ?, or "mac=AA:BB:CC:*"
  std::string match;  // counts instead of `name`; "" = `name`
  bool dhcp = false;
  std::vector<std::string> dhcp_args;  // arguments of a dhcpcd of its own; empty = the common one
  std::vector<std::string> address;    // at most one: key `address`
  std::vector<std::string> addresses;  // "192.168.1.10/24"
  bool ipv4ll = false;
  std::string gateway;  // "" = none
  std::string gateway_ipv6;
  unsigned mtu = 0;   // 0 = the card's
  Position position;  // of its key

  [[nodiscard]] std::string_view pattern() const { return match.empty() ? name : match; }
  // Without `position`: what is the same for the network.
  friend bool operator==(const InterfaceConfig& a, const InterfaceConfig& b);
};

struct NetworkConfig {
  std::vector<InterfaceConfig> interfaces;  // by name; none = DHCP on every ethernet card
  std::vector<std::string> nameservers;     // dns.nameservers: instead of those of DHCP
  std::vector<std::string> search;          // dns.search
  std::chrono::seconds dhcp_timeout{10};    // without an answer until then: said so, IPv4LL begins
  bool forwarding = false;                  // between the machine's own cards: it is a router
  std::string http_proxy;
  std::string https_proxy;
  std::string no_proxy;
  friend bool operator==(const NetworkConfig&, const NetworkConfig&) = default;
};

// What `ros netconf` is told.
struct NetworkDocument {
  NetworkConfig network;  // without the proxies
  std::vector<std::string> fallback_nameservers;
  friend bool operator==(const NetworkDocument&, const NetworkDocument&) = default;
};

// One line of JSON.
[[nodiscard]] std::string to_json(const NetworkDocument& document);
[[nodiscard]] Result<NetworkDocument> parse_network(std::string_view json);

// A text for /etc/resolv.conf.
[[nodiscard]] std::string resolv_conf(const std::vector<std::string>& nameservers,
                                      const std::vector<std::string>& search);

// "HTTP_PROXY=..." and so on for programs, in both spellings; empty without a proxy.
[[nodiscard]] std::vector<std::string> proxy_environment(const NetworkConfig& network);

}  // namespace ros::config
