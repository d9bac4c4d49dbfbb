#include "netconf/wanted.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace ros::netconf {
namespace {

constexpr std::array<std::string_view, 12> kForeign = {"lo",     "docker*",  "veth*",   "br-*",
                                                       "virbr*", "cni*",     "cali*",   "flannel*",
                                                       "kube-*", "nerdctl*", "podman*", "vxlan*"};
constexpr std::string_view kMacPrefix = "mac=";

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

// How well a pattern fits; the best wins.
enum class Fit { kNone, kPattern, kName, kMac };

Fit fit(std::string_view pattern, const sys::Link& link) {
  if (pattern.starts_with(kMacPrefix)) {
    const bool same = glob_match(lower(pattern.substr(kMacPrefix.size())), lower(link.mac));
    return link.card && !link.mac.empty() && same ? Fit::kMac : Fit::kNone;
  }
  if (pattern == link.name) return Fit::kName;
  return link.card && glob_match(pattern, link.name) ? Fit::kPattern : Fit::kNone;
}

Wanted from(const config::InterfaceConfig& entry, const sys::Link& link) {
  Wanted wanted{.link = link,
                .dhcp = entry.dhcp,
                .ipv4ll = entry.ipv4ll,
                .dhcp_args = entry.dhcp_args,
                .addresses = entry.address,
                .gateways = {},
                .mtu = entry.mtu};
  for (const auto& address : entry.addresses)
    if (std::ranges::find(wanted.addresses, address) == wanted.addresses.end())
      wanted.addresses.push_back(address);
  for (const auto& gateway : {entry.gateway, entry.gateway_ipv6})
    if (!gateway.empty()) wanted.gateways.push_back(gateway);
  return wanted;
}

}  // namespace

bool is_foreign(std::string_view name) {
  return std::ranges::any_of(kForeign, [&](auto pattern) { return glob_match(pattern, name); });
}

const config::InterfaceConfig* entry_for(const sys::Link& link,
                                         const std::vector<config::InterfaceConfig>& entries) {
  const config::InterfaceConfig* best = nullptr;
  Fit best_fit = Fit::kNone;
  for (const auto& entry : entries) {
    const Fit found = fit(entry.pattern(), link);
    if (found <= best_fit) continue;
    best = &entry;
    best_fit = found;
  }
  return best;
}

std::vector<Wanted> wanted(const config::NetworkConfig& config,
                           const std::vector<sys::Link>& links) {
  config::InterfaceConfig any;
  any.name = "*";
  any.dhcp = true;
  const auto entries =
      config.interfaces.empty() ? std::vector<config::InterfaceConfig>{any} : config.interfaces;
  std::vector<Wanted> list;
  for (const auto& link : links) {
    if (is_foreign(link.name)) continue;
    if (const auto* const entry = entry_for(link, entries)) list.push_back(from(*entry, link));
  }
  return list;
}

}  // namespace ros::netconf
