// Config: the merged configuration, typed. Produced by load() from layers; nothing else makes one.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/service.h"
#include "config/source.h"

namespace ros::config {

struct WriteFile {
  std::string path;
  std::string content;  // decoded
  std::string owner;    // "user[:group]"
  unsigned permissions = 0644;
  std::string container;  // "" = console
};

struct StateConfig {
  std::string device;  // rancher.state.dev: LABEL=..., UUID=..., /dev/...
  std::string fstype = "auto";
  bool wait = false;  // rancher.state.wait: boot waits for the device
  bool required = false;
};

struct DockerConfig {
  std::vector<std::string> extra_args;
  std::vector<std::string> environment;
  std::vector<std::string> insecure_registries;
  std::string registry_mirror;
  bool debug = false;
};

struct Config {
  std::string hostname;
  std::vector<std::string> ssh_authorized_keys;
  std::vector<WriteFile> write_files;
  std::vector<std::vector<std::string>> runcmd;  // each an argv; a text becomes sh -c
  std::vector<std::vector<std::string>> bootcmd;

  bool debug = false;
  std::string password;                // rancher.password: command line only
  std::vector<std::string> autologin;  // rancher.autologin: terminals, command line only
  std::vector<std::string> modules;
  std::vector<std::string> environment;  // rancher.environment as "NAME=value"
  std::map<std::string, std::string> sysctl;
  std::vector<std::string> dns_nameservers;
  std::vector<std::string> dns_search;
  StateConfig state;
  DockerConfig docker;
  std::chrono::seconds shutdown_timeout{60};
  std::vector<ServiceDefinition> services;  // sorted by name
};

}  // namespace ros::config
