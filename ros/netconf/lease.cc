#include "netconf/lease.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/ip.h"
#include "base/text.h"

namespace ros::netconf {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostValues = 16;  // of one kind from one server
constexpr std::size_t kLongestName = 253;

bool is_domain(std::string_view name) {
  const auto fine = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_';
  };
  return !name.empty() && name.size() <= kLongestName && name[0] != '.' && name[0] != '-' &&
         std::ranges::all_of(name, fine);
}

std::string value(const Environment& environment, std::string_view name) {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

template <class Accept>
void take(const std::string& text, std::vector<std::string>& out, Accept accept) {
  for (const auto& word : split_words(text)) {
    const std::optional<std::string> good = accept(word);
    if (good && out.size() < kMostValues && std::ranges::find(out, *good) == out.end())
      out.push_back(*good);
  }
}

// A link-local name server is reached by its interface only.
auto address_of(const std::string& interface) {
  return [&interface](const std::string& word) -> std::optional<std::string> {
    const auto address = ip_address(word.substr(0, word.find('%')));
    if (!address) return {};
    const bool local = ip_version(*address) == IpVersion::k6 && is_link_local(*address);
    return local ? *address + "%" + interface : *address;
  };
}

std::optional<std::string> domain_of(const std::string& word) {
  return is_domain(word) ? std::optional(word) : std::nullopt;
}

// nd1_rdnss1_servers, nd1_rdnss1_lifetime, ...: a lifetime of 0 takes an announcement back.
void take_advertisement(const Environment& environment, Lease& lease) {
  const auto ends = [](const std::string& name, std::string_view end) {
    return name.starts_with("nd") && name.ends_with(end);
  };
  for (const auto& [name, text] : environment) {
    const auto lifetime = name.substr(0, name.find_last_of('_')) + "_lifetime";
    if (value(environment, lifetime) == "0") continue;
    if (ends(name, "_servers") && name.contains("_rdnss"))
      take(text, lease.nameservers, address_of(lease.interface));
    if (ends(name, "_search") && name.contains("_dnssl")) take(text, lease.search, domain_of);
  }
}

Lease lease_of(const Environment& environment, const std::string& interface,
               const std::string& protocol) {
  Lease lease;
  lease.interface = interface;
  lease.protocol = protocol;
  if (protocol == "ra") {
    take_advertisement(environment, lease);
    return lease;
  }
  const std::string six = protocol == "dhcp6" ? "new_dhcp6_" : "new_";
  const auto name_of = [&](const char* four_name, const char* six_name) {
    return value(environment, six + (protocol == "dhcp6" ? six_name : four_name));
  };
  take(name_of("domain_name_servers", "name_servers"), lease.nameservers, address_of(interface));
  take(value(environment, six + "domain_search"), lease.search, domain_of);
  if (lease.search.empty()) take(value(environment, "new_domain_name"), lease.search, domain_of);
  take(name_of("ntp_servers", "sntp_servers"), lease.ntp_servers, address_of(interface));
  if (const auto name = value(environment, "new_host_name"); is_hostname(name))
    lease.hostname = name;
  return lease;
}

std::string file_name(const std::string& interface, const std::string& protocol) {
  return interface + "." + protocol;
}

}  // namespace

std::string to_json(const Lease& lease) {
  const Json json = {{"interface", lease.interface},     {"protocol", lease.protocol},
                     {"nameservers", lease.nameservers}, {"search", lease.search},
                     {"ntp_servers", lease.ntp_servers}, {"hostname", lease.hostname}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Lease> parse_lease(std::string_view text) {
  try {
    const Json json = Json::parse(text);
    Lease lease;
    json.at("interface").get_to(lease.interface);
    json.at("protocol").get_to(lease.protocol);
    json.at("nameservers").get_to(lease.nameservers);
    json.at("search").get_to(lease.search);
    json.at("ntp_servers").get_to(lease.ntp_servers);
    json.at("hostname").get_to(lease.hostname);
    return lease;
  } catch (const Json::exception& error) {
    return fail(std::string("lease: ") + error.what());
  }
}

LeaseEvent read_event(const Environment& environment) {
  LeaseEvent event;
  event.interface = value(environment, "interface");
  event.protocol = value(environment, "protocol");
  if (event.interface.empty() || event.protocol.empty() || event.interface.contains('/') ||
      event.protocol.contains('/'))
    return event;
  const bool whole = event.protocol == "link";
  if (value(environment, "if_down") == "true") {
    event.kind = whole ? LeaseEvent::Kind::kForgetInterface : LeaseEvent::Kind::kForget;
  } else if (value(environment, "if_up") == "true" && !whole) {
    event.kind = LeaseEvent::Kind::kSet;
    event.lease = lease_of(environment, event.interface, event.protocol);
  }
  return event;
}

Result<void> record(const LeaseEvent& event, const std::string& directory,
                    const sys::Files& files) {
  const std::string path = directory + "/" + file_name(event.interface, event.protocol);
  if (event.kind == LeaseEvent::Kind::kSet) return files.write_atomic(path, to_json(event.lease));
  if (event.kind == LeaseEvent::Kind::kForget) return files.remove(path);
  if (event.kind == LeaseEvent::Kind::kNothing) return {};
  const auto names = files.list(directory);
  if (!names) return std::unexpected(names.error());
  for (const auto& name : *names) {
    if (name.substr(0, name.find_last_of('.')) != event.interface) continue;
    if (auto removed = files.remove(directory + "/" + name); !removed) return removed;
  }
  return {};
}

std::vector<Lease> read_leases(const std::string& directory, const sys::Files& files) {
  std::vector<Lease> leases;
  const auto names = files.list(directory);
  if (!names) return leases;
  for (const auto& name : *names) {
    const auto text = files.read(directory + "/" + name);
    auto lease = text ? parse_lease(*text) : fail("");
    // A file that is being written has another name.
    if (lease && name == file_name(lease->interface, lease->protocol))
      leases.push_back(*std::move(lease));
  }
  return leases;
}

}  // namespace ros::netconf
