#include "config/network.h"

#include <nlohmann/json.hpp>
#include <tuple>

#include "base/text.h"

namespace ros::config {
namespace {

using Json = nlohmann::json;

auto tie(const InterfaceConfig& i) {
  return std::tie(i.name, i.match, i.dhcp, i.dhcp_args, i.address, i.addresses, i.ipv4ll, i.gateway,
                  i.gateway_ipv6, i.mtu);
}

Json interface_json(const InterfaceConfig& i) {
  return {{"name", i.name},
          {"match", i.match},
          {"dhcp", i.dhcp},
          {"dhcp_args", i.dhcp_args},
          {"address", i.address},
          {"addresses", i.addresses},
          {"ipv4ll", i.ipv4ll},
          {"gateway", i.gateway},
          {"gateway_ipv6", i.gateway_ipv6},
          {"mtu", i.mtu}};
}

InterfaceConfig interface_of(const Json& json) {
  InterfaceConfig i;
  json.at("name").get_to(i.name);
  json.at("match").get_to(i.match);
  json.at("dhcp").get_to(i.dhcp);
  json.at("dhcp_args").get_to(i.dhcp_args);
  json.at("address").get_to(i.address);
  json.at("addresses").get_to(i.addresses);
  json.at("ipv4ll").get_to(i.ipv4ll);
  json.at("gateway").get_to(i.gateway);
  json.at("gateway_ipv6").get_to(i.gateway_ipv6);
  json.at("mtu").get_to(i.mtu);
  return i;
}

}  // namespace

bool operator==(const InterfaceConfig& a, const InterfaceConfig& b) {
  return tie(a) == tie(b);
}

std::string to_json(const NetworkDocument& document) {
  const auto& network = document.network;
  Json interfaces = Json::array();
  for (const auto& entry : network.interfaces) interfaces.push_back(interface_json(entry));
  const Json json = {{"interfaces", std::move(interfaces)},
                     {"nameservers", network.nameservers},
                     {"search", network.search},
                     {"dhcp_timeout", network.dhcp_timeout.count()},
                     {"forwarding", network.forwarding},
                     {"fallback_nameservers", document.fallback_nameservers}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<NetworkDocument> parse_network(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    NetworkDocument document;
    for (const auto& entry : json.at("interfaces"))
      document.network.interfaces.push_back(interface_of(entry));
    json.at("nameservers").get_to(document.network.nameservers);
    json.at("search").get_to(document.network.search);
    document.network.dhcp_timeout = std::chrono::seconds(json.at("dhcp_timeout").get<int>());
    document.network.forwarding = json.value("forwarding", false);  // an older manager says nothing
    json.at("fallback_nameservers").get_to(document.fallback_nameservers);
    return document;
  } catch (const Json::exception& error) {
    return fail(std::string("configuration of the network: ") + error.what());
  }
}

std::string resolv_conf(const std::vector<std::string>& nameservers,
                        const std::vector<std::string>& search) {
  std::string text;
  if (!search.empty()) text += "search " + join(search, " ") + "\n";
  for (const auto& server : nameservers) text += "nameserver " + server + "\n";
  return text;
}

std::vector<std::string> proxy_environment(const NetworkConfig& network) {
  std::vector<std::string> list;
  const auto add = [&list](const char* upper, const char* lower, const std::string& value) {
    if (value.empty()) return;
    list.push_back(std::string(upper) + "=" + value);
    list.push_back(std::string(lower) + "=" + value);
  };
  add("HTTP_PROXY", "http_proxy", network.http_proxy);
  add("HTTPS_PROXY", "https_proxy", network.https_proxy);
  add("NO_PROXY", "no_proxy", network.no_proxy);
  return list;
}

}  // namespace ros::config
