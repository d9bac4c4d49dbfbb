// Config: the merged configuration, typed. Produced by load() from layers; nothing else makes one.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/network.h"
#include "config/service.h"
#include "config/service_options.h"
#include "config/source.h"

namespace ros::config {

struct WriteFile {
  std::string path;
  std::string content;     // decoded
  std::string owner = {};  // "user[:group]"
  unsigned permissions = 0644;
  std::string container = {};  // "" = console
  friend bool operator==(const WriteFile&, const WriteFile&) = default;
};

// mounts: an fstab line.
struct UserMount {
  std::string device;  // also LABEL= and UUID=
  std::string directory;
  std::string type;  // "" and "auto": as the device says; "swap"
  std::string options;
  friend bool operator==(const UserMount&, const UserMount&) = default;
};

struct StateConfig {
  std::string device;  // rancher.state.dev: LABEL=..., UUID=..., /dev/...
  std::string fstype = "auto";
  bool wait = false;           // rancher.state.wait: boot waits for the device
  bool required = false;       // rancher.state.required: without it the boot fails
  std::string directory = "";  // rancher.state.directory: of the file system; "" = its root
  std::vector<std::string> autoformat = {};  // devices to be formatted when they are empty
  std::string script = "";                   // for sh, before the device is looked for
  friend bool operator==(const StateConfig&, const StateConfig&) = default;
};

struct DockerConfig {
  std::map<std::string, std::string> daemon;  // entry of daemon.json -> its value as JSON
  std::string config_file;                    // a daemon.json of the user, below `daemon`
  std::vector<std::string> extra_args;
  std::vector<std::string> environment;
  bool tls = false;
  std::vector<std::string> tls_args;             // instead of what `tls` gives by itself
  std::string ca_cert, server_cert, server_key;  // PEM
  // `tls` alone, and with it a certificate or key that is not there.
  [[nodiscard]] bool lacks_certificates() const;
  friend bool operator==(const DockerConfig&, const DockerConfig&) = default;
};

struct SshConfig {
  bool daemon = true;
  unsigned port = 22;
  std::vector<std::string> listen_addresses;
  std::map<std::string, std::string> keys;  // host keys: "ed25519", "ed25519-pub"
  friend bool operator==(const SshConfig&, const SshConfig&) = default;
};

// rancher.system_docker: how the system containerd pulls the images of services.
struct SystemDockerConfig {
  std::vector<std::string> insecure_registries;  // "HOST[:PORT]"
  std::string registry_mirror;                   // URL, of Docker Hub
  friend bool operator==(const SystemDockerConfig&, const SystemDockerConfig&) = default;
};

// rancher.defaults: what counts where nothing else was given.
struct DefaultsConfig {
  std::string hostname = "rancher";
  std::vector<std::string> dns_nameservers = {"8.8.8.8", "8.8.4.4"};
  friend bool operator==(const DefaultsConfig&, const DefaultsConfig&) = default;
};

struct Config {
  std::string hostname;
  std::vector<std::string> ssh_authorized_keys;
  std::vector<WriteFile> write_files;
  std::vector<std::vector<std::string>> runcmd;  // each an argv; a text becomes sh -c
  std::vector<std::vector<std::string>> bootcmd;
  std::vector<UserMount> mounts;

  // rancher.cloud_init.datasources: whether a NoCloud disc is among them; not set: nobody says.
  std::optional<bool> nocloud;
  bool debug = false;
  std::string password;                // rancher.password: command line only
  std::vector<std::string> autologin;  // rancher.autologin: terminals, command line only
  std::vector<std::string> modules;
  std::string lockdown = "none";                 // of the kernel: "integrity", "confidentiality"
  std::vector<std::string> environment;          // rancher.environment as "NAME=value"
  std::map<std::string, bool> services_include;  // by file
  std::map<std::string, std::string> sysctl;
  NetworkConfig network;
  SshConfig ssh;
  StateConfig state;
  DockerConfig docker;
  SystemDockerConfig system_docker;
  DefaultsConfig defaults;
  std::vector<std::string> ntp_servers;     // rancher.ntp.servers
  std::vector<std::string> nts_servers;     // rancher.ntp.nts: those asked with NTS, RFC 8915
  std::vector<SyslogTarget> syslog_remote;  // rancher.syslog.remote
  std::chrono::seconds shutdown_timeout{60};
  std::vector<ServiceDefinition> services;      // sorted by name, rejected ones too
  std::map<std::string, std::string> rejected;  // services that can't run, and why

  [[nodiscard]] const ServiceDefinition* service(std::string_view name) const;  // or null
};

}  // namespace ros::config
