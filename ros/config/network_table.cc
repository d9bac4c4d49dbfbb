#include "config/network_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ip.h"

namespace ros::config {
namespace {

constexpr std::size_t kLongestName = 64;  // of an entry; the kernel's names have 15

struct IpPrefix {
  static constexpr std::string_view kName = "an address such as '192.168.1.10/24'";
  static bool read(Node& node, std::string& out, const Reading& at) {
    if (!node.is_scalar()) return at.expected(node, kName);
    auto text = ip_with_prefix(node.text);
    if (!text) return at.complain(node, text.error().message);
    out = *std::move(text);
    return true;
  }
};

struct OnePrefix {
  static constexpr std::string_view kName = IpPrefix::kName;
  static bool read(Node& node, std::vector<std::string>& out, const Reading& at) {
    out.clear();
    return IpPrefix::read(node, out.emplace_back(), at) || (out.pop_back(), false);
  }
};

template <class Item>
bool read_list(Node& node, std::vector<std::string>& out, const Reading& at,
               std::string_view name) {
  if (!as_list(node)) return at.expected(node, name);
  out.clear();
  keep_children(node, [&](Node& item, std::size_t i) {
    return Item::read(item, out.emplace_back(), at.item(i)) || (out.pop_back(), false);
  });
  return true;
}

struct Prefixes {
  static constexpr std::string_view kName = "a list of such addresses";
  static constexpr Shape kShape = Shape::kList;
  static bool read(Node& node, std::vector<std::string>& out, const Reading& at) {
    return read_list<IpPrefix>(node, out, at, kName);
  }
};

// An empty text is no gateway.
template <IpVersion kVersion>
struct Gateway {
  static constexpr std::string_view kName =
      kVersion == IpVersion::k4 ? "an IPv4 address" : "an IPv6 address";
  static bool read(Node& node, std::string& out, const Reading& at) {
    if (node.is_scalar() && node.text.empty()) return true;
    const auto text = node.is_scalar() ? ip_address(node.text) : fail("");
    if (!text || ip_version(*text) != kVersion) return at.expected(node, kName);
    out = *text;
    return true;
  }
};

using I = InterfaceConfig;

constexpr auto kTableWithEffect = std::to_array<Row<I>>({
    row<OnePrefix, &I::address>("address", "Static address with its prefix length."),
    row<Prefixes, &I::addresses>("addresses", "More static addresses, IPv4 and IPv6."),
    row<Flag, &I::dhcp>("dhcp", "DHCP, DHCPv6 and router advertisements."),
    row<Command, &I::dhcp_args>("dhcp_args",
                                "Arguments of dhcpcd; the interface gets one of its own."),
    row<Gateway<IpVersion::k4>, &I::gateway>("gateway", "Default gateway."),
    row<Gateway<IpVersion::k6>, &I::gateway_ipv6>("gateway_ipv6", "Default gateway for IPv6."),
    row<Flag, &I::ipv4ll>("ipv4ll", "A link-local address (RFC 3927) when DHCP gives none."),
    row<Text, &I::match>("match",
                         "What the entry is for, instead of its name: a name, a pattern with `*` "
                         "and `?`, or `mac=AA:BB:CC:DD:EE:FF`."),
    row<Number<0, 65'535>, &I::mtu>("mtu", "Largest packet in bytes; 0: the card's."),
});
constexpr auto kTable = with_no_effect(kTableWithEffect, kInterfaceKeysWithoutEffect);

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName &&
         std::ranges::all_of(name, [](char c) { return c > ' ' && c != '/' && c != 127; });
}

bool has_address(const InterfaceConfig& interface, IpVersion version) {
  const auto fits = [version](const std::string& prefix) { return ip_version(prefix) == version; };
  return std::ranges::any_of(interface.address, fits) ||
         std::ranges::any_of(interface.addresses, fits);
}

// A gateway goes with the address that was left out: alone it would take the way of other cards.
void leave_out_gateway(Node& entry, InterfaceConfig& interface, const Reading& at,
                       std::size_t complaints) {
  const auto about_address = [&](const Complaint& complaint) {
    return complaint.key.starts_with(at.path + ".address");
  };
  if (std::none_of(at.complaints.begin() + static_cast<std::ptrdiff_t>(complaints),
                   at.complaints.end(), about_address))
    return;
  for (const auto& [key, version, gateway] :
       {std::tuple{"gateway", IpVersion::k4, &interface.gateway},
        std::tuple{"gateway_ipv6", IpVersion::k6, &interface.gateway_ipv6}}) {
    if (gateway->empty() || has_address(interface, version)) continue;
    at.child(key).complain(*entry.child(key), "left out, as the card's address is");
    gateway->clear();
    std::erase_if(entry.children, [name = key](const Node& node) { return node.key == name; });
  }
}

}  // namespace

std::span<const Row<InterfaceConfig>> interface_table() {
  return kTable;
}

bool IpAddress::read(Node& node, std::string& out, const Reading& at) {
  if (!node.is_scalar()) return at.expected(node, kName);
  auto text = ip_address(node.text);
  if (!text) return at.complain(node, text.error().message);
  out = *std::move(text);
  return true;
}

bool IpAddresses::read(Node& node, std::vector<std::string>& out, const Reading& at) {
  return read_list<IpAddress>(node, out, at, kName);
}

bool Interfaces::read(Node& node, std::vector<InterfaceConfig>& out, const Reading& at) {
  if (!node.is_map()) return at.expected(node, kName);
  out.clear();
  keep_children(node, [&](Node& entry, std::size_t) {
    const auto here = at.child(entry.key);
    if (!is_name(entry.key)) {
      at.complaints.push_back({entry.key_position, here.path,
                               fmt::format("expected a name or pattern of an interface, at most {} "
                                           "characters without blanks and '/'",
                                           kLongestName)});
      return false;
    }
    InterfaceConfig interface;
    interface.name = entry.key;
    interface.position = entry.key_position;
    const auto complaints = at.complaints.size();
    if (entry.is_null() || !read_table(entry, interface_table(), interface, here)) return false;
    leave_out_gateway(entry, interface, here, complaints);
    out.push_back(std::move(interface));
    return true;
  });
  std::ranges::sort(out, {}, &InterfaceConfig::name);
  return true;
}

}  // namespace ros::config
