#include "netconf/names.h"

#include <algorithm>

namespace ros::netconf {
namespace {

void add(std::vector<std::string>& list, const std::vector<std::string>& more) {
  for (const auto& item : more)
    if (std::ranges::find(list, item) == list.end()) list.push_back(item);
}

std::string sources(const std::vector<std::string>& servers) {
  std::string text;
  for (const auto& server : servers) text += "server " + server + " iburst\n";
  return text;
}

}  // namespace

Names names(const config::NetworkDocument& document, const std::vector<std::string>& automatic,
            const std::vector<Lease>& leases) {
  std::vector<std::string> nameservers;
  std::vector<std::string> search;
  Names result;
  for (const auto& interface : automatic) {
    std::vector<std::string> ntp;
    for (const auto& lease : leases) {
      if (lease.interface != interface) continue;
      add(nameservers, lease.nameservers);
      add(search, lease.search);
      add(ntp, lease.ntp_servers);
      if (result.hostname.empty()) result.hostname = lease.hostname;
    }
    if (!ntp.empty()) result.ntp_sources[interface + ".sources"] = sources(ntp);
  }
  const auto& configured = document.network;
  if (!configured.nameservers.empty()) nameservers = configured.nameservers;
  if (nameservers.empty()) nameservers = document.fallback_nameservers;
  if (!configured.search.empty()) search = configured.search;
  result.resolv_conf = config::resolv_conf(nameservers, search);
  return result;
}

}  // namespace ros::netconf
