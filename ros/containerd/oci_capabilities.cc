#include <algorithm>
#include <array>
#include <cctype>
#include <set>

#include "containerd/oci_parts.h"

namespace ros::containerd {
namespace {

// capabilities(7), in the order of their numbers.
constexpr std::array<const char*, 41> kAll = {
    "CHOWN",
    "DAC_OVERRIDE",
    "DAC_READ_SEARCH",
    "FOWNER",
    "FSETID",
    "KILL",
    "SETGID",
    "SETUID",
    "SETPCAP",
    "LINUX_IMMUTABLE",
    "NET_BIND_SERVICE",
    "NET_BROADCAST",
    "NET_ADMIN",
    "NET_RAW",
    "IPC_LOCK",
    "IPC_OWNER",
    "SYS_MODULE",
    "SYS_RAWIO",
    "SYS_CHROOT",
    "SYS_PTRACE",
    "SYS_PACCT",
    "SYS_ADMIN",
    "SYS_BOOT",
    "SYS_NICE",
    "SYS_RESOURCE",
    "SYS_TIME",
    "SYS_TTY_CONFIG",
    "MKNOD",
    "LEASE",
    "AUDIT_WRITE",
    "AUDIT_CONTROL",
    "SETFCAP",
    "MAC_OVERRIDE",
    "MAC_ADMIN",
    "SYSLOG",
    "WAKE_ALARM",
    "BLOCK_SUSPEND",
    "AUDIT_READ",
    "PERFMON",
    "BPF",
    "CHECKPOINT_RESTORE",
};

// Docker's default set.
constexpr std::array<const char*, 14> kDefault = {
    "AUDIT_WRITE", "CHOWN",   "DAC_OVERRIDE", "FOWNER",  "FSETID", "KILL",       "MKNOD",
    "NET_RAW",     "SETFCAP", "SETGID",       "SETPCAP", "SETUID", "SYS_CHROOT", "NET_BIND_SERVICE",
};

using Names = std::set<std::string>;

// "cap_net_admin" -> "NET_ADMIN"; "ALL" stays.
std::string plain_name(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text.starts_with("CAP_") ? text.substr(4) : text;
}

Result<Names> names_of(const std::vector<std::string>& texts, const char* key) {
  Names names;
  for (const auto& text : texts) {
    const std::string name = plain_name(text);
    if (name != "ALL" && std::ranges::find(kAll, name) == kAll.end())
      return fail(std::string(key) + ": unknown capability '" + text + "'");
    names.insert(name);
  }
  return names;
}

}  // namespace

Result<std::vector<std::string>> oci_capabilities(const config::ServiceDefinition& service) {
  const Result<Names> add = names_of(service.cap_add, "cap_add");
  if (!add) return std::unexpected(add.error());
  const Result<Names> drop = names_of(service.cap_drop, "cap_drop");
  if (!drop) return std::unexpected(drop.error());

  Names names;
  if (service.privileged || add->contains("ALL")) {
    names.insert(kAll.begin(), kAll.end());
  } else if (!drop->contains("ALL")) {
    names.insert(kDefault.begin(), kDefault.end());
  }
  if (!service.privileged) {
    for (const auto& name : *drop) names.erase(name);
    names.insert(add->begin(), add->end());
    names.erase("ALL");
  }
  std::vector<std::string> full;
  for (const auto& name : names) full.push_back("CAP_" + name);
  return full;
}

Result<std::vector<std::string>> oci_ambient_capabilities(
    const config::ServiceDefinition& service) {
  const Result<Names> add = names_of(service.cap_add, "cap_add");
  if (!add) return std::unexpected(add.error());
  std::vector<std::string> full;
  for (const auto& name : *add)
    if (name != "ALL") full.push_back("CAP_" + name);
  return full;
}

}  // namespace ros::containerd
