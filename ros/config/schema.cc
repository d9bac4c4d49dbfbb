#include "config/schema.h"

#include <fmt/format.h>

#include <array>

#include "config/network_table.h"
#include "config/scalar.h"
#include "config/service_table.h"
#include "config/ssh_kinds.h"

namespace ros::config {
namespace {

struct FileEntry {
  WriteFile file;
  std::string encoding;
};

constexpr auto kFileTable = std::to_array<Row<FileEntry>>({
    row<Text, &FileEntry::file, &WriteFile::path>("path", ""),
    row<Text, &FileEntry::file, &WriteFile::content>("content", ""),
    row<Text, &FileEntry::encoding>("encoding", ""),
    row<Text, &FileEntry::file, &WriteFile::owner>("owner", ""),
    row<Octal, &FileEntry::file, &WriteFile::permissions>("permissions", ""),
    row<Text, &FileEntry::file, &WriteFile::container>("container", ""),
});

bool decode(const Node& node, FileEntry& entry, const Reading& at) {
  const auto& encoding = entry.encoding;
  if (encoding.empty() || encoding == "text/plain" || encoding == "text") return true;
  if (encoding != "b64" && encoding != "base64")
    return at.complain(node, fmt::format("expected 'base64' or no encoding, got '{}'; the file is "
                                         "not written",
                                         encoding));
  auto content = decode_base64(entry.file.content);
  if (!content) return at.complain(node, content.error().message);
  entry.file.content = *std::move(content);
  return true;
}

// A file of which anything is wrong is not written.
bool read_file(Node& node, WriteFile& out, const Reading& at) {
  const auto complaints = at.complaints.size();
  FileEntry entry;
  if (!read_table(node, std::span<const Row<FileEntry>>(kFileTable), entry, at)) return false;
  if (at.complaints.size() != complaints) return false;
  if (!entry.file.path.starts_with('/')) return at.complain(node, "expected an absolute 'path'");
  const Node* const encoding = node.child("encoding");
  if (!decode(encoding != nullptr ? *encoding : node, entry, at.child("encoding"))) return false;
  out = std::move(entry.file);
  return true;
}

struct WriteFiles {
  static constexpr std::string_view kName = "a list of files";
  static constexpr Shape kShape = Shape::kList;
  static bool read(Node& node, std::vector<WriteFile>& out, const Reading& at) {
    if (!node.is_list()) return at.expected(node, kName);
    out.clear();
    keep_children(node, [&](Node& item, std::size_t i) {
      return read_file(item, out.emplace_back(), at.item(i)) || (out.pop_back(), false);
    });
    return true;
  }
};

using D = DefaultsConfig;

constexpr auto kTable = std::to_array<Row<Config>>({
    row<Commands, &Config::bootcmd>(
        "bootcmd", "Commands run on the host before the services start; the first error stops."),
    row<Text, &Config::hostname>("hostname", "Host name."),
    row<Commands, &Config::runcmd>("runcmd", "Commands run in the console when it starts."),
    row<AuthorizedKeys, &Config::ssh_authorized_keys>(
        "ssh_authorized_keys", "Public keys (ed25519) that may log in as `rancher` and `docker`."),
    row<WriteFiles, &Config::write_files>(
        "write_files",
        "Maps of `path`, `content`, `encoding` (`base64`), `owner` (`USER[:GROUP]`), "
        "`permissions` (`0644`), `container` (`console`)."),
    row<TextList, &Config::autologin>("rancher.autologin",
                                      "Terminals with a shell without a password, such as `tty1`.",
                                      Origin::kCommandLine),
    row<Flag, &Config::debug>("rancher.debug", "More log lines; sets `rancher.docker.debug` too."),
    row<Text, &Config::defaults, &D::hostname>("rancher.defaults.hostname",
                                               "Host name when none is given."),
    row<IpAddresses, &Config::defaults, &D::dns_nameservers>(
        "rancher.defaults.network.dns.nameservers", "Name servers when none are known."),
    row<Flag, &Config::docker, &DockerConfig::debug>("rancher.docker.debug",
                                                     "dockerd's debug log."),
    row<Environment, &Config::docker, &DockerConfig::environment>("rancher.docker.environment",
                                                                  "Environment of dockerd."),
    row<TextList, &Config::docker, &DockerConfig::extra_args>("rancher.docker.extra_args",
                                                              "More arguments of dockerd."),
    row<TextList, &Config::docker, &DockerConfig::insecure_registries>(
        "rancher.docker.insecure_registry", "Registries without TLS."),
    row<Text, &Config::docker, &DockerConfig::registry_mirror>("rancher.docker.registry_mirror",
                                                               "Mirror of Docker Hub."),
    row<Environment, &Config::environment>("rancher.environment",
                                           "Variables that services may take."),
    row<TextList, &Config::modules>("rancher.modules",
                                    "Kernel modules to load, each with its parameters."),
    row<Seconds<0>, &Config::network, &NetworkConfig::dhcp_timeout>(
        "rancher.network.dhcp_timeout",
        "Time for DHCP to answer before a link-local address is taken; nothing waits for it."),
    row<IpAddresses, &Config::network, &NetworkConfig::nameservers>(
        "rancher.network.dns.nameservers", "Name servers, instead of those of DHCP."),
    row<TextList, &Config::network, &NetworkConfig::search>(
        "rancher.network.dns.search", "Search domains, instead of those of DHCP."),
    row<Text, &Config::network, &NetworkConfig::http_proxy>(
        "rancher.network.http_proxy", "Proxy of Docker, the console and the user's services."),
    row<Text, &Config::network, &NetworkConfig::https_proxy>("rancher.network.https_proxy",
                                                             "The same for HTTPS."),
    row<Interfaces, &Config::network, &NetworkConfig::interfaces>(
        "rancher.network.interfaces",
        "Interfaces by name, see below. Without any, every ethernet card gets DHCP."),
    row<Text, &Config::network, &NetworkConfig::no_proxy>(
        "rancher.network.no_proxy", "Hosts that are asked without the proxy."),
    row<Text, &Config::password>("rancher.password", "Password of `rancher`.",
                                 Origin::kCommandLine),
    row<Services, &Config::services>("rancher.services", "Services by name, see below."),
    row<Seconds<5>, &Config::shutdown_timeout>("rancher.shutdown_timeout",
                                               "Time for everything to stop on shutdown."),
    row<Flag, &Config::ssh, &SshConfig::daemon>("rancher.ssh.daemon",
                                                "Whether logins over SSH are served."),
    row<HostKeys, &Config::ssh, &SshConfig::keys>(
        "rancher.ssh.keys",
        "Host key: `ed25519` and `ed25519-pub`; without it one is made and kept on state."),
    row<Addresses, &Config::ssh, &SshConfig::listen_addresses>(
        "rancher.ssh.listen_address", "Where sshd listens; empty: on every address."),
    row<Number<1, 65535>, &Config::ssh, &SshConfig::port>("rancher.ssh.port", "Port of sshd."),
    row<Text, &Config::state, &StateConfig::device>(
        "rancher.state.dev", "State device: `LABEL=...`, `UUID=...` or a path."),
    row<Text, &Config::state, &StateConfig::fstype>("rancher.state.fstype",
                                                    "File system of the state device."),
    row<Flag, &Config::state, &StateConfig::required>("rancher.state.required",
                                                      "Without the state device the boot fails."),
    row<Flag, &Config::state, &StateConfig::wait>("rancher.state.wait",
                                                  "The boot waits for the state device."),
    row<TextMap, &Config::sysctl>("rancher.sysctl", "Kernel settings by their dotted name."),
    row<Text, &Config::system_device>("rancher.system.dev", "Device with the system image.",
                                      Origin::kCommandLine),
    no_effect<Config>("rancher.bootstrap"),
    no_effect<Config>("rancher.bootstrap_docker"),
    no_effect<Config>("rancher.docker.args"),
    no_effect<Config>("rancher.network.modem_networks"),
    no_effect<Config>("rancher.network.post_cmds"),
    no_effect<Config>("rancher.network.pre_cmds"),
    no_effect<Config>("rancher.network.wifi_networks"),
    no_effect<Config>("rancher.no_sharedroot"),
    no_effect<Config>("rancher.rm_usr"),
    no_effect<Config>("rancher.system_docker"),
});

}  // namespace

std::span<const Row<Config>> config_table() {
  return kTable;
}

}  // namespace ros::config
