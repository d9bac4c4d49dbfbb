#include "config/schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/daemon_option.h"
#include "config/datasources.h"
#include "config/gzip.h"
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

constexpr std::size_t kMostUnpacked = std::size_t{8} << 20U;  // bytes of a file
constexpr std::size_t kMostBytes = std::size_t{16} << 20U;    // of all files

struct Encoding {
  std::string_view name;
  bool base64;
  bool gzip;
};
// As coreos-cloudinit, of which RancherOS took it, has them (config/decode.go).
constexpr auto kEncodings = std::to_array<Encoding>({{"", false, false},
                                                     {"text/plain", false, false},
                                                     {"text", false, false},
                                                     {"b64", true, false},
                                                     {"base64", true, false},
                                                     {"gz", false, true},
                                                     {"gzip", false, true},
                                                     {"gz+b64", true, true},
                                                     {"gz+base64", true, true},
                                                     {"gzip+b64", true, true},
                                                     {"gzip+base64", true, true}});

bool decode(const Node& node, FileEntry& entry, const Reading& at) {
  const auto* const encoding = std::ranges::find(kEncodings, entry.encoding, &Encoding::name);
  if (encoding == kEncodings.end())
    return at.complain(node, fmt::format("expected 'base64', 'gzip', 'gzip+base64' or no encoding, "
                                         "got '{}'; the file is not written",
                                         entry.encoding));
  Result<std::string> content = std::move(entry.file.content);
  if (encoding->base64) content = decode_base64(*content);
  if (content && encoding->gzip) content = gunzip(*content, kMostUnpacked);
  if (!content) return at.complain(node, content.error().message + "; the file is not written");
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
    std::size_t bytes = 0;
    keep_children(node, [&](Node& item, std::size_t i) {
      if (!read_file(item, out.emplace_back(), at.item(i))) return (out.pop_back(), false);
      bytes += out.back().content.size();
      if (bytes <= kMostBytes) return true;
      out.pop_back();
      return at.item(i).complain(
          item, fmt::format("the files are more than {} bytes; this one is left out", kMostBytes));
    });
    return true;
  }
};

// Each a list of exactly four texts.
struct Mounts {
  static constexpr std::string_view kName = "a list of [device, directory, type, options]";
  static constexpr Shape kShape = Shape::kList;
  static bool read(Node& node, std::vector<UserMount>& out, const Reading& at) {
    if (!node.is_list()) return at.expected(node, kName);
    out.clear();
    keep_children(node, [&](Node& item, std::size_t i) {
      std::vector<std::string> words;
      const auto here = at.item(i);
      if (!item.is_list()) return here.expected(item, "[device, directory, type, options]");
      if (!TextList::read(item, words, here)) return false;
      if (words.size() != 4)
        return here.complain(item, fmt::format("expected four texts, got {}", words.size()));
      if (words[2] == "nfs" || words[2] == "nfs4")
        return here.complain(item, "network file systems are not supported here yet");
      if (words[2] != "swap" && !words[1].starts_with('/'))
        return here.complain(item, "expected an absolute directory");
      out.push_back({words[0], words[1], words[2], words[3]});
      return true;
    });
    return true;
  }
};

// Files of services, each with true or false.
struct ServicesInclude {
  static constexpr std::string_view kName = "a map of true or false";
  static constexpr Shape kShape = Shape::kMap;
  static bool read(Node& node, std::map<std::string, bool>& out, const Reading& at) {
    if (!node.is_map()) return at.expected(node, kName);
    out.clear();
    keep_children(node, [&](Node& value, std::size_t) {
      const auto here = at.child(value.key);
      if (!value.key.starts_with(kServiceFiles))
        return here.complain(value, fmt::format("expected a file below {}", kServiceFiles));
      return value.is_null() || Flag::read(value, out[value.key], here) ||
             (out.erase(value.key), false);
    });
    return true;
  }
};

using D = DefaultsConfig;

// Counts before there is a configuration (pid1/options.h); here it is only checked.
template <class Kind, class Value>
constexpr Row<Config> early(std::string_view path, std::string_view doc) {
  Row<Config> result;
  result.path = path;
  result.type = Kind::kName;
  result.doc = doc;
  result.origin = Origin::kCommandLine;
  result.read = [](Node& node, Config&, const Reading& at) {
    Value unused{};
    return Kind::read(node, unused, at);
  };
  return result;
}

constexpr auto kTableWithEffect = std::to_array<Row<Config>>({
    row<Commands, &Config::bootcmd>(
        "bootcmd", "Commands run on the host before the services start; the first error stops."),
    row<HostName, &Config::hostname>("hostname", "Host name."),
    row<Mounts, &Config::mounts>(
        "mounts",
        "Lists of four: device, directory, type (`auto`, `swap`), options; mounted before the "
        "services start, and before `bootcmd`."),
    row<Commands, &Config::runcmd>("runcmd", "Commands run in the console when it starts."),
    row<AuthorizedKeys, &Config::ssh_authorized_keys>(
        "ssh_authorized_keys", "Public keys that may log in as `rancher` and `docker`."),
    row<WriteFiles, &Config::write_files>(
        "write_files",
        "Maps of `path`, `content`, `encoding` (`base64`, `gzip`, `gzip+base64`), `owner` "
        "(`USER[:GROUP]`), "
        "`permissions` (`0644`), `container` (`console`). Directories above a file in a container "
        "become root's, `0755`."),
    row<TextList, &Config::autologin>("rancher.autologin",
                                      "Terminals with a shell without a password, such as `tty1`.",
                                      Origin::kCommandLine),
    row<Datasources, &Config::nocloud>(
        "rancher.cloud_init.datasources",
        "Where `user-data` comes from: `nocloud`, a disc labelled `cidata`, sticks too; `[]`: from "
        "nowhere. Without this key a stick counts only on a machine that has no other "
        "configuration. On a disc itself it says nothing."),
    row<Flag, &Config::debug>("rancher.debug", "More log lines; sets `rancher.docker.debug` too."),
    row<HostName, &Config::defaults, &D::hostname>("rancher.defaults.hostname",
                                                   "Host name when none is given."),
    row<IpAddresses, &Config::defaults, &D::dns_nameservers>(
        "rancher.defaults.network.dns.nameservers", "Name servers when none are known."),
    daemon_option<Text, std::string, "bip">("rancher.docker.bip",
                                            "Address and network of the bridge `docker0`."),
    daemon_option<Text, std::string, "bridge">("rancher.docker.bridge",
                                               "Bridge in place of `docker0`; `none`: no bridge."),
    row<Text, &Config::docker, &DockerConfig::ca_cert>(
        "rancher.docker.ca_cert", "Certificate that clients are checked by, with `tls`."),
    row<Text, &Config::docker, &DockerConfig::config_file>(
        "rancher.docker.config_file",
        "A daemon.json whose entries, but `hosts`, count below these keys."),
    daemon_option<Text, std::string, "data-root">("rancher.docker.data_root",
                                                  "Directory of dockerd's data."),
    daemon_option<Flag, bool, "debug">("rancher.docker.debug", "dockerd's debug log."),
    row<Environment, &Config::docker, &DockerConfig::environment>("rancher.docker.environment",
                                                                  "Environment of dockerd."),
    daemon_option<Text, std::string, "exec-root">("rancher.docker.exec_root",
                                                  "Directory of dockerd's running state."),
    row<TextList, &Config::docker, &DockerConfig::extra_args>(
        "rancher.docker.extra_args", "More arguments of dockerd; they win."),
    daemon_option<Text, std::string, "data-root">("rancher.docker.graph",
                                                  "Older name of `data_root`."),
    daemon_option<Text, std::string, "group">("rancher.docker.group",
                                              "Group that may use the socket."),
    daemon_option<TextList, std::vector<std::string>, "hosts">(
        "rancher.docker.host", "Where dockerd listens besides `/run/docker.sock`."),
    daemon_option<TextList, std::vector<std::string>, "insecure-registries">(
        "rancher.docker.insecure_registry", "Registries without TLS."),
    daemon_option<Flag, bool, "live-restore">(
        "rancher.docker.live_restore",
        "Not set: containers outlive restarts of the service, and Swarm works. `true`: they "
        "outlive "
        "every end of dockerd, without Swarm. `false`: none."),
    daemon_option<Text, std::string, "log-driver">("rancher.docker.log_driver",
                                                   "Log driver of containers."),
    daemon_option<TextMap, std::map<std::string, std::string>, "log-opts">(
        "rancher.docker.log_opts", "Options of the log driver."),
    daemon_option<TextList, std::vector<std::string>, "registry-mirrors">(
        "rancher.docker.registry_mirror", "Mirror of Docker Hub."),
    row<Text, &Config::docker, &DockerConfig::server_cert>("rancher.docker.server_cert",
                                                           "dockerd's certificate, with `tls`."),
    row<Text, &Config::docker, &DockerConfig::server_key>("rancher.docker.server_key",
                                                          "dockerd's key, with `tls`."),
    row<StorageDriver, &Config::docker, &DockerConfig::daemon>("rancher.docker.storage_driver",
                                                               "The engine has one: overlayfs."),
    row<Flag, &Config::docker, &DockerConfig::tls>(
        "rancher.docker.tls",
        "Listens on port 2376 too, for clients with a certificate; needs `ca_cert`, `server_cert` "
        "and `server_key`."),
    row<TextList, &Config::docker, &DockerConfig::tls_args>(
        "rancher.docker.tls_args", "Arguments of dockerd in place of those that `tls` means."),
    daemon_option<Flag, bool, "userland-proxy">("rancher.docker.userland_proxy",
                                                "A proxy process for each published port."),
    row<Environment, &Config::environment>("rancher.environment",
                                           "Variables that services may take."),
    row<Lockdown, &Config::lockdown>(
        "rancher.lockdown",
        "What root may do to the running kernel, see kernel_lockdown(7): with `integrity` nothing "
        "that changes it, so it loads the system's own modules only; with `confidentiality` "
        "nothing "
        "that reads it either. Taken back at a boot only."),
    row<TextList, &Config::modules>("rancher.modules",
                                    "Kernel modules to load, each with its parameters."),
    row<Seconds<0>, &Config::network, &NetworkConfig::dhcp_timeout>(
        "rancher.network.dhcp_timeout",
        "Time for DHCP to answer before a link-local address is taken; nothing waits for it."),
    row<IpAddresses, &Config::network, &NetworkConfig::nameservers>(
        "rancher.network.dns.nameservers", "Name servers, instead of those of DHCP."),
    row<TextList, &Config::network, &NetworkConfig::search>(
        "rancher.network.dns.search", "Search domains, instead of those of DHCP."),
    row<Flag, &Config::network, &NetworkConfig::forwarding>(
        "rancher.network.forwarding",
        "The machine is a router: packets from one of its own cards go out by another one, too."),
    row<ProxyUrl, &Config::network, &NetworkConfig::http_proxy>(
        "rancher.network.http_proxy", "Proxy of Docker, the console and the user's services."),
    row<ProxyUrl, &Config::network, &NetworkConfig::https_proxy>("rancher.network.https_proxy",
                                                                 "The same for HTTPS."),
    row<Interfaces, &Config::network, &NetworkConfig::interfaces>(
        "rancher.network.interfaces",
        "Interfaces by name, see below. Without any, every ethernet card gets DHCP."),
    row<Text, &Config::network, &NetworkConfig::no_proxy>(
        "rancher.network.no_proxy", "Hosts that are asked without the proxy."),
    row<Hosts, &Config::nts_servers>("rancher.ntp.nts",
                                     "Time servers that prove who they are (NTS, port 4460). The "
                                     "clock is not set without them."),
    row<Hosts, &Config::ntp_servers>("rancher.ntp.servers", "Time servers, besides those of DHCP."),
    row<Text, &Config::password>("rancher.password", "Password of `rancher`.",
                                 Origin::kCommandLine),
    early<Flag, bool>("rancher.rescue", "A shell on the console before anything is mounted."),
    early<Seconds<0>, std::chrono::seconds>(
        "rancher.rescue_timeout", "Time for somebody to use the shell after a failure: 60."),
    row<Services, &Config::services>("rancher.services", "Services by name, see below."),
    row<ServicesInclude, &Config::services_include>(
        "rancher.services_include",
        "Files below `/var/lib/rancher/conf/`, each a map of services, with `true` or `false`."),
    row<Seconds<5>, &Config::shutdown_timeout>("rancher.shutdown_timeout",
                                               "Time for everything to stop on shutdown."),
    row<Flag, &Config::ssh, &SshConfig::daemon>("rancher.ssh.daemon",
                                                "Whether logins over SSH are served."),
    row<HostKeys, &Config::ssh, &SshConfig::keys>(
        "rancher.ssh.keys",
        "Host keys: `ed25519`, `ecdsa`, `rsa`, with `-pub` for the public half; without ed25519 "
        "one is made and kept on state."),
    row<Addresses, &Config::ssh, &SshConfig::listen_addresses>(
        "rancher.ssh.listen_address", "Where sshd listens; empty: on every address."),
    row<Number<1, 65535>, &Config::ssh, &SshConfig::port>("rancher.ssh.port", "Port of sshd."),
    row<TextList, &Config::state, &StateConfig::autoformat>(
        "rancher.state.autoformat",
        "Disks of which the first one that is empty becomes the state, when there is none and none "
        "comes for 5 s (with `wait` or `required`: 30 s): its first and its last MiB are all zero, "
        "or it begins with `boot2docker, please format-me`. It gets the label in "
        "`rancher.state.dev`."),
    row<Text, &Config::state, &StateConfig::device>(
        "rancher.state.dev",
        "State device: `LABEL=...`, `UUID=...` or a path. `rancher.state` counts in `user-data` "
        "and on "
        "the command line; files on the state itself come too late for it."),
    row<Text, &Config::state, &StateConfig::directory>(
        "rancher.state.directory", "Directory of the state device that the state lies in."),
    row<Text, &Config::state, &StateConfig::fstype>("rancher.state.fstype",
                                                    "File system of the state device."),
    row<Flag, &Config::state, &StateConfig::required>(
        "rancher.state.required",
        "Without the state device something is wrong, and said; the machine runs from RAM."),
    row<Text, &Config::state, &StateConfig::script>(
        "rancher.state.script", "Script for `sh`, run on the host before the state is looked for."),
    row<Flag, &Config::state, &StateConfig::wait>("rancher.state.wait",
                                                  "The boot waits for the state device."),
    row<SyslogTargets, &Config::syslog_remote>(
        "rancher.syslog.remote",
        "Where the lines of the system log go besides its files, RFC 5424."),
    row<TextMap, &Config::sysctl>(
        "rancher.sysctl",
        "Kernel settings by their dotted name; `*` stands for any text in a part."),
    row<Registries, &Config::system_docker, &SystemDockerConfig::insecure_registries>(
        "rancher.system_docker.insecure_registry",
        "Registries of services' images, without TLS or with any certificate."),
    row<MirrorUrl, &Config::system_docker, &SystemDockerConfig::registry_mirror>(
        "rancher.system_docker.registry_mirror", "Mirror of Docker Hub for services' images."),
    early<Text, std::string>("rancher.system.dev", "Device with the system image."),
    early<Flag, bool>("rancher.system.toram", "Copies the system image into memory."),
    early<Seconds<0>, std::chrono::seconds>("rancher.system.wait",
                                            "Time for that device to appear: 30."),
});
constexpr auto kTable = with_no_effect(kTableWithEffect, kKeysWithoutEffect);

}  // namespace

std::span<const Row<Config>> config_table() {
  return kTable;
}

}  // namespace ros::config
