#include "manager/docker_options.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace ros::manager {
namespace {

using nlohmann::json;

constexpr auto kSocket = "unix:///run/docker.sock";
constexpr auto kTlsAddress = "tcp://0.0.0.0:2376";
constexpr auto kOptionsLabel = "io.rancher.os.docker_options";

// Entries that a running dockerd takes over at SIGHUP (moby, daemon/reload.go).
constexpr auto kReloaded = std::to_array<std::string_view>(
    {"debug", "insecure-registries", "live-restore", "registry-mirrors"});

// Entries whose name is not that of the argument; without the plurals.
struct Alias {
  std::string_view argument;
  std::string_view entry;
};
constexpr auto kAliases = std::to_array<Alias>({{"D", "debug"},
                                                {"G", "group"},
                                                {"H", "hosts"},
                                                {"b", "bridge"},
                                                {"g", "data-root"},
                                                {"graph", "data-root"},
                                                {"host", "hosts"},
                                                {"insecure-registry", "insecure-registries"},
                                                {"l", "log-level"},
                                                {"s", "storage-driver"}});

// The entry that an argument stands for, "" when it is no option. Arguments of one letter may have
// their value behind it without a blank.
std::string entry_of(const std::string& argument) {
  if (argument.size() < 2 || argument[0] != '-') return "";
  const bool word = argument[1] == '-';
  const auto name = word ? argument.substr(2, argument.find('=') - 2) : argument.substr(1, 1);
  const auto* const alias = std::ranges::find(kAliases, name, &Alias::argument);
  return alias == kAliases.end() ? name : std::string(alias->entry);
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::ranges::find(list, text) != list.end();
}

std::vector<std::string> entries_of(const std::vector<std::string>& arguments) {
  std::vector<std::string> entries;
  for (const auto& argument : arguments) {
    const auto entry = entry_of(argument);
    if (!entry.empty()) entries.push_back(entry);
  }
  return entries;
}

std::vector<std::string> user_arguments(const config::DockerConfig& docker) {
  std::vector<std::string> arguments;
  if (docker.tls) arguments = docker.tls_args;
  arguments.insert(arguments.end(), docker.extra_args.begin(), docker.extra_args.end());
  return arguments;
}

// dockerd takes an address without a scheme for TCP.
bool is_on_the_network(const json& host) {
  const auto text = host.is_string() ? host.get<std::string>() : "";
  return !text.starts_with("unix:") && !text.starts_with("fd:");
}

// What config.docker says, as entries.
json user_entries(const config::DockerConfig& docker) {
  json entries = json::object();
  for (const auto& [name, text] : docker.daemon) entries[name] = json::parse(text, nullptr, false);
  auto& hosts = entries["hosts"];
  if (!hosts.is_array()) hosts = json::array();
  // Without certificates nobody is let in over the network, rather than everybody.
  if (docker.lacks_certificates())
    std::erase_if(*hosts.get_ptr<json::array_t*>(), is_on_the_network);
  if (docker.tls && docker.tls_args.empty() && !docker.lacks_certificates()) {
    hosts.push_back(kTlsAddress);
    entries["tlsverify"] = true;
    entries["tlscacert"] = "/etc/docker/tls/ca.pem";
    entries["tlscert"] = "/etc/docker/tls/server-cert.pem";
    entries["tlskey"] = "/etc/docker/tls/server-key.pem";
  }
  // The docker command and the manager use it, whatever else there is.
  const bool local = std::ranges::any_of(hosts, [](const json& host) {
    const auto text = host.is_string() ? host.get<std::string>() : "";
    return text == kSocket || text == "unix:///var/run/docker.sock" || text == "unix://";
  });
  if (!local) hosts.insert(hosts.begin(), kSocket);
  return entries;
}

Result<json> parse_file(const std::string& text, const std::string& name) {
  if (trim(text).empty()) return json::object();
  auto parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object()) return fail(name + " is not a JSON object");
  return parsed;
}

// The arguments and environment that the docker service gets from the user.
void add_docker_options(config::ServiceDefinition& service, const config::DockerConfig& docker) {
  auto arguments = user_arguments(docker);
  const json entries = user_entries(docker);
  if (contains(entries_of(arguments), "hosts")) {  // the file may not have any then
    for (const auto& host : entries["hosts"])
      arguments.push_back("--host=" + host.get<std::string>());
  }
  service.command.insert(service.command.end(), arguments.begin(), arguments.end());
  service.environment.insert(service.environment.end(), docker.environment.begin(),
                             docker.environment.end());
  std::string fixed = docker.config_file;
  for (const auto& [name, value] : entries.items()) {
    if (std::ranges::find(kReloaded, name) == kReloaded.end()) fixed += name + value.dump();
  }
  if (docker.tls) fixed += docker.ca_cert + docker.server_cert + docker.server_key;
  service.labels[kOptionsLabel] = fingerprint(fixed);
}

}  // namespace

Result<std::string> daemon_json(const config::DockerConfig& docker, const DaemonInput& input) {
  auto file = parse_file(input.image_file, "the image's daemon.json");
  if (!file) return std::unexpected(file.error());
  const auto user = parse_file(input.user_file, "'" + docker.config_file + "'");
  if (!user) return std::unexpected(user.error());
  const auto entries = user_entries(docker);
  // Options of one log driver mean nothing to another.
  const bool own_driver = entries.contains("log-driver") || user->contains("log-driver");
  if (own_driver) file->erase("log-opts");
  (*file)["live-restore"] = input.live_restore;
  file->update(*user);
  file->update(entries);
  for (const auto& entry : entries_of(user_arguments(docker))) {
    if (entry == "runtimes" || entry == "add-runtime") continue;  // dockerd merges these
    file->erase(entry);
    file->erase(entry + "s");
  }
  return file->dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

bool live_restore_given(const config::DockerConfig& docker) {
  return docker.daemon.contains("live-restore") ||
         contains(entries_of(user_arguments(docker)), "live-restore");
}

std::string data_root(const config::DockerConfig& docker) {
  const auto found = docker.daemon.find("data-root");
  const auto value =
      found == docker.daemon.end() ? json() : json::parse(found->second, nullptr, false);
  return value.is_string() ? value.get<std::string>() : "/var/lib/docker";
}

std::vector<config::ServiceDefinition> effective_services(const config::Config& config) {
  auto services = config.services;
  const auto proxy = config::proxy_environment(config.network);
  for (auto& service : services) {
    // In front: what a service says itself wins.
    if (!service.built_in || service.name == "console" || service.name == kDockerService)
      service.environment.insert(service.environment.begin(), proxy.begin(), proxy.end());
    if (service.name == kDockerService) add_docker_options(service, config.docker);
  }
  return services;
}

}  // namespace ros::manager
