// Keys that RancherOS and compose files have, and that do nothing here: what to write instead. One
// place for all of them: complaints and docs/configuration.md come from here.
#pragma once

#include <array>
#include <string_view>

namespace ros::config {

struct WithoutEffect {
  std::string_view path;
  std::string_view instead = "";  // "" = there is nothing instead
};

namespace instead {
inline constexpr std::string_view kNoSystemDocker =
    "the services of the system run in containerd, which has no such option";
inline constexpr std::string_view kFixedRoot =
    "the system image is read-only, a new version replaces it";
inline constexpr std::string_view kCommands = "write commands into bootcmd, or into runcmd";
inline constexpr std::string_view kNoWifi = "there is no Wi-Fi";
inline constexpr std::string_view kNoModem = "there is no modem";
inline constexpr std::string_view kEngineIsAService = "write it into rancher.services.docker";
inline constexpr std::string_view kImage = "build the image elsewhere and name it in 'image'";
inline constexpr std::string_view kLogs = "output is kept by the system: ros service logs";
inline constexpr std::string_view kNetwork =
    "a service has the host's network, with 'net: host', or none";
inline constexpr std::string_view kHostNames =
    "write names into /etc/hosts, or rancher.network.dns";
inline constexpr std::string_view kMemory = "write mem_limit";
inline constexpr std::string_view kProcessors = "write cpu_shares";
inline constexpr std::string_view kOneContainer = "each service is one container with its own keys";
inline constexpr std::string_view kNotYet = "not supported yet";
}  // namespace instead

inline constexpr auto kKeysWithoutEffect = std::to_array<WithoutEffect>({
    {"rancher.autoformat", "write rancher.state.autoformat"},
    {"rancher.bootstrap", "write commands into bootcmd"},
    {"rancher.bootstrap_docker", instead::kNoSystemDocker},
    {"rancher.cloud_init_services", "no service is needed for cloud-init"},
    {"rancher.console", "write the image of another console into rancher.services.console.image"},
    {"rancher.defaults.docker", "write rancher.docker"},
    {"rancher.defaults.network.dhcp_timeout", "nothing waits for DHCP"},
    {"rancher.defaults.system_docker_logs", instead::kLogs},
    {"rancher.disable"},
    {"rancher.docker.args", "write rancher.docker.extra_args"},
    {"rancher.docker.ca_key", "make certificates elsewhere: ca_cert, server_cert, server_key"},
    {"rancher.docker.containerd", "containerd is part of dockerd"},
    {"rancher.docker.engine", "write another image into rancher.services.docker.image"},
    {"rancher.docker.exec"},
    {"rancher.docker.pid_file"},
    {"rancher.docker.restart", instead::kEngineIsAService},
    {"rancher.docker.selinux_enabled", "the kernel has AppArmor instead of SELinux"},
    {"rancher.docker.storage_context"},
    {"rancher.docker.userns_enabled", "write --userns-remap into rancher.docker.extra_args"},
    {"rancher.force_console_rebuild", instead::kFixedRoot},
    {"rancher.http_load_retries"},
    {"rancher.hypervisor_service", "write the agent as a service of rancher.services"},
    {"rancher.log", "write rancher.debug"},
    {"rancher.network.modem_networks", instead::kNoModem},
    {"rancher.network.post_cmds", instead::kCommands},
    {"rancher.network.pre_cmds", instead::kCommands},
    {"rancher.network.wifi_networks", instead::kNoWifi},
    {"rancher.no_sharedroot"},
    {"rancher.preload_wait"},
    {"rancher.recovery", "write rancher.rescue on the kernel command line"},
    {"rancher.registry_auths", "use 'docker login'; what it writes is kept on the state"},
    {"rancher.repositories", "write a file of services, and 'ros service enable FILE'"},
    {"rancher.resize_device", "the state grows to the end of its disk by itself"},
    {"rancher.restart_services"},
    {"rancher.rm_usr", instead::kFixedRoot},
    {"rancher.state.boot_dev"},
    {"rancher.state.boot_fstype"},
    {"rancher.state.cryptsetup", instead::kNotYet},
    {"rancher.state.formatzero", "write rancher.state.autoformat"},
    {"rancher.state.lvm_scan", instead::kNotYet},
    {"rancher.state.mdadm_scan", instead::kNotYet},
    {"rancher.state.oem_dev"},
    {"rancher.state.oem_fstype"},
    {"rancher.state.rngd", "the kernel gathers random numbers itself"},
    {"rancher.system_docker.args", instead::kNoSystemDocker},
    {"rancher.system_docker.bip", instead::kNoSystemDocker},
    {"rancher.system_docker.bridge", instead::kNoSystemDocker},
    {"rancher.system_docker.config_file", instead::kNoSystemDocker},
    {"rancher.system_docker.containerd", instead::kNoSystemDocker},
    {"rancher.system_docker.debug", instead::kNoSystemDocker},
    {"rancher.system_docker.environment", instead::kNoSystemDocker},
    {"rancher.system_docker.exec", instead::kNoSystemDocker},
    {"rancher.system_docker.exec_root", instead::kNoSystemDocker},
    {"rancher.system_docker.extra_args", instead::kNoSystemDocker},
    {"rancher.system_docker.graph", instead::kNoSystemDocker},
    {"rancher.system_docker.group", instead::kNoSystemDocker},
    {"rancher.system_docker.host", instead::kNoSystemDocker},
    {"rancher.system_docker.live_restore", instead::kNoSystemDocker},
    {"rancher.system_docker.log_driver", instead::kLogs},
    {"rancher.system_docker.log_opts", instead::kLogs},
    {"rancher.system_docker.pid_file", instead::kNoSystemDocker},
    {"rancher.system_docker.restart", instead::kNoSystemDocker},
    {"rancher.system_docker.selinux_enabled", instead::kNoSystemDocker},
    {"rancher.system_docker.storage_context", instead::kNoSystemDocker},
    {"rancher.system_docker.storage_driver", instead::kNoSystemDocker},
    {"rancher.system_docker.tls", instead::kNoSystemDocker},
    {"rancher.system_docker.tls_args", instead::kNoSystemDocker},
    {"rancher.system_docker.userland_proxy", instead::kNoSystemDocker},
    {"rancher.upgrade", instead::kFixedRoot},
});

inline constexpr auto kInterfaceKeysWithoutEffect = std::to_array<WithoutEffect>({
    {"bond", instead::kNotYet},
    {"bond_opts", instead::kNotYet},
    {"bridge", instead::kNotYet},
    {"post_up", instead::kCommands},
    {"pre_up", instead::kCommands},
    {"vlans", instead::kNotYet},
    {"wifi_network", instead::kNoWifi},
});

inline constexpr auto kServiceKeysWithoutEffect = std::to_array<WithoutEffect>({
    {"build", instead::kImage},
    {"cgroup_parent", instead::kOneContainer},
    {"container_name", "it is called as the service is"},
    {"cpu_period", instead::kProcessors},
    {"cpu_quota", instead::kProcessors},
    {"cpuset", instead::kProcessors},
    {"dns", instead::kHostNames},
    {"dns_search", instead::kHostNames},
    {"dockerfile", instead::kImage},
    {"domainname", "write hostname"},
    {"env_file", "write environment"},
    {"expose", instead::kNetwork},
    {"extends", instead::kOneContainer},
    {"external_links", instead::kNetwork},
    {"extra_hosts", instead::kHostNames},
    {"group_add", "write user: UID:GID"},
    {"isolation"},
    {"log_driver", instead::kLogs},
    {"log_opt", instead::kLogs},
    {"mac_address", instead::kNetwork},
    {"mem_reservation", "write the label io.rancher.os.memory_min"},
    {"mem_swappiness", instead::kMemory},
    {"memswap_limit", instead::kMemory},
    {"ports", instead::kNetwork},
    {"shm_size", "write tmpfs: [/dev/shm]"},
    {"stdin_open", "write tty, and the label io.rancher.os.tty"},
    {"volume_driver", "write the directories of the host into volumes"},
    {"volumes_from", "write the directories of the host into volumes"},
});

inline constexpr auto kLabelsWithoutEffect = std::to_array<WithoutEffect>({
    {"io.rancher.os.console", "write the image of a console into rancher.services.console.image"},
    {"io.rancher.os.reloadconfig",
     "files of the configuration are read again when they change by ros config"},
});

}  // namespace ros::config
