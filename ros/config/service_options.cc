#include "config/service_options.h"

#include <algorithm>

#include "base/text.h"

namespace ros::config {
namespace {

constexpr std::size_t kLongestHost = 253;     // RFC 1035, as text
constexpr std::size_t kLongestHostName = 64;  // __NEW_UTS_LEN, linux/utsname.h

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(".-_:").contains(c);
}

std::optional<std::string> host(const std::string& text) {
  if (!is_host(text)) return std::nullopt;
  return text;
}

// The name is that of a directory, too. IPv6 addresses stand in brackets.
std::optional<std::string> registry(const std::string& text) {
  const auto fits = [](char c) { return is_host_character(c) || c == '[' || c == ']'; };
  if (text.empty() || text[0] == '.' || !std::ranges::all_of(text, fits)) return std::nullopt;
  return text;
}

bool is_url(std::string_view text) {
  const auto fits = [](char c) { return c > ' ' && c != '"' && c != '\\'; };
  const auto scheme = text.substr(0, text.find("//"));
  return (scheme == "https:" || scheme == "http:") && text.size() > scheme.size() + 2 &&
         std::ranges::all_of(text, fits);
}

// Reads each item of a list of texts with `parse`, which gives nothing for a wrong one.
template <class T, class Parse>
bool read_items(Node& node, std::vector<T>& out, const Reading& at, std::string_view list,
                std::string_view item, Parse parse) {
  if (!as_list(node)) return at.expected(node, list);
  out.clear();
  keep_children(node, [&](Node& child, std::size_t i) {
    auto value = child.is_scalar() ? parse(child.text) : std::nullopt;
    if (!value) return at.item(i).expected(child, item);
    out.push_back(*std::move(value));
    return true;
  });
  return true;
}

}  // namespace

bool is_host(std::string_view text) {
  return !text.empty() && text.size() <= kLongestHost && text[0] != '-' &&
         std::ranges::all_of(text, is_host_character);
}

std::optional<SyslogTarget> parse_syslog_target(std::string_view text) {
  SyslogTarget target;
  target.protocol = text.substr(0, 3);
  if ((target.protocol != "udp" && target.protocol != "tcp") || !text.substr(3).starts_with("://"))
    return std::nullopt;
  text.remove_prefix(6);
  const bool bracketed = text.starts_with('[');
  const auto end = bracketed ? text.find(']') : std::min(text.find(':'), text.size());
  if (end == std::string_view::npos) return std::nullopt;
  target.host = text.substr(bracketed ? 1 : 0, end - (bracketed ? 1 : 0));
  text.remove_prefix(end + (bracketed ? 1 : 0));
  if (!is_host(target.host)) return std::nullopt;
  if (text.empty()) return target;
  const auto port = parse_int(text.substr(1));
  if (text[0] != ':' || !port || *port < 1 || *port > 65535) return std::nullopt;
  target.port = static_cast<int>(*port);
  return target;
}

bool SyslogTargets::read(Node& node, std::vector<SyslogTarget>& out, const Reading& at) {
  return read_items(node, out, at, kName, "udp://HOST[:PORT] or tcp://HOST[:PORT]",
                    parse_syslog_target);
}

bool Hosts::read(Node& node, std::vector<std::string>& out, const Reading& at) {
  return read_items(node, out, at, kName, "a host name or address", host);
}

bool HostName::read(Node& node, std::string& out, const Reading& at) {
  const bool fits = node.is_scalar() && (node.text.empty() || is_host(node.text)) &&
                    node.text.size() <= kLongestHostName && !node.text.contains(':');
  if (!fits) return at.expected(node, kName);
  out = node.text;
  return true;
}

bool Lockdown::read(Node& node, std::string& out, const Reading& at) {
  constexpr auto kLevels =
      std::to_array<std::string_view>({"none", "integrity", "confidentiality"});
  if (!node.is_scalar() || std::ranges::find(kLevels, node.text) == kLevels.end())
    return at.expected(node, kName);
  out = node.text;
  return true;
}

bool Registries::read(Node& node, std::vector<std::string>& out, const Reading& at) {
  return read_items(node, out, at, kName, "HOST[:PORT]", registry);
}

bool ProxyUrl::read(Node& node, std::string& out, const Reading& at) {
  if (!node.is_scalar()) return at.expected(node, kName);
  const auto odd = [](char c) { return (c >= 0 && c <= ' ') || c == '#' || c == 127; };
  if (std::ranges::any_of(node.text, odd))
    return at.complain(node, "expected a URL of a proxy, without blanks and '#' (write %23)");
  out = node.text;
  return true;
}

bool MirrorUrl::read(Node& node, std::string& out, const Reading& at) {
  if (!node.is_scalar() || (!node.text.empty() && !is_url(node.text)))
    return at.expected(node, kName);
  out = node.text;
  return true;
}

}  // namespace ros::config
