#include "host/registries.h"

#include <algorithm>
#include <map>

#include "host/problems.h"

namespace ros::host {
namespace {

constexpr auto kDockerHub = "docker.io";
constexpr auto kCapabilities = "\n  capabilities = [\"pull\", \"resolve\"]\n";

// One path component, and no way out of a TOML string.
bool is_host(const std::string& text) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view(".-:_[]").contains(c);
  };
  return !text.empty() && text[0] != '.' && std::ranges::all_of(text, fits);
}

bool is_url(const std::string& text) {
  return (text.starts_with("https://") || text.starts_with("http://")) &&
         std::ranges::none_of(text, [](char c) { return c <= ' ' || c == '"' || c == '\\'; });
}

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
  for (const auto& host : action.insecure) {
    if (is_host(host))
      hosts[host] = insecure(host);
    else
      problems.add(Error{0, "insecure registry '" + host + "': expected HOST[:PORT]"});
  }
  if (is_url(action.mirror))
    hosts[kDockerHub] = mirrored(action.mirror);
  else if (!action.mirror.empty())
    problems.add(Error{0, "registry mirror '" + action.mirror + "': expected a URL"});
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
