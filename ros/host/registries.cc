#include "host/registries.h"

#include <map>

#include "host/problems.h"

namespace ros::host {
namespace {

constexpr auto kDockerHub = "docker.io";
constexpr auto kCapabilities = "\n  capabilities = [\"pull\", \"resolve\"]\n";

// As dockerd does: TLS with any certificate first, then plain HTTP.
std::string insecure(const std::string& host) {
  return "[host.\"http://" + host + "\"]" + kCapabilities + "  skip_verify = true\n";
}

std::string mirrored(const std::string& url) {
  return "server = \"https://registry-1.docker.io\"\n[host.\"" + url + "\"]" + kCapabilities;
}

}  // namespace

Result<void> write_registries(const plan::WriteRegistries& action, const sys::Files& files) {
  Problems problems;
  std::map<std::string, std::string> hosts;
  for (const auto& host : action.insecure) hosts[host] = insecure(host);
  if (!action.mirror.empty()) hosts[kDockerHub] = mirrored(action.mirror);
  for (const auto& name : files.list(action.directory).value_or(std::vector<std::string>{}))
    if (!hosts.contains(name)) problems.add(files.remove_all(action.directory + "/" + name));
  for (const auto& [host, text] : hosts) {
    const auto directory = action.directory + "/" + host;
    problems.add(files.make_directories(directory));
    problems.add(files.write_atomic(directory + "/hosts.toml", text));
  }
  return problems.result();
}

}  // namespace ros::host
