#include "containerd/oci_spec.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "containerd/oci_parts.h"

namespace ros::containerd {
namespace {

using Json = nlohmann::json;

constexpr const char* kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::vector<std::string> arguments(const SpecInput& input) {
  const auto& service = input.service;
  std::vector<std::string> argv =
      service.entrypoint.empty() ? input.image.entrypoint : service.entrypoint;
  // An entrypoint of the service's own makes the image's command meaningless.
  const auto& command = !service.command.empty() || !service.entrypoint.empty()
                            ? service.command
                            : input.image.command;
  argv.insert(argv.end(), command.begin(), command.end());
  return argv;
}

// "NAME=value" of the later lists win; the place of a name is where it came first.
Json environment(const SpecInput& input) {
  std::vector<std::string> merged;
  const auto add = [&merged](const std::string& entry) {
    const std::string name = entry.substr(0, entry.find('=')) + "=";
    const auto old = std::ranges::find_if(
        merged, [&name](const std::string& text) { return text.starts_with(name); });
    if (old == merged.end()) {
      merged.push_back(entry);
    } else {
      *old = entry;
    }
  };
  add(std::string("PATH=") + kDefaultPath);
  for (const auto& entry : input.image.environment) add(entry);
  for (const auto& entry : input.service.environment) add(entry);
  if (!input.notify_socket_dir.empty()) add("NOTIFY_SOCKET=" + input.notify_socket_dir + "/socket");
  return merged;
}

std::string working_directory(const SpecInput& input) {
  if (!input.service.working_dir.empty()) return input.service.working_dir;
  return input.image.working_dir.empty() ? "/" : input.image.working_dir;
}

bool has_label(const config::ServiceDefinition& service, const char* name) {
  const auto label = service.labels.find(name);
  return label != service.labels.end() && label->second == "true";
}

bool may_gain_privileges(const config::ServiceDefinition& service) {
  return service.privileged || service.security.new_privileges;
}

Result<Json> process(const SpecInput& input) {
  const auto& service = input.service;
  const auto argv = arguments(input);
  if (argv.empty()) return fail("nothing to execute: no entrypoint and no command");
  const auto user =
      oci_user(service.user.empty() ? input.image.user : service.user, input.passwd, input.group);
  if (!user) return std::unexpected(user.error());
  const auto capabilities = oci_capabilities(service);
  if (!capabilities) return std::unexpected(capabilities.error());
  Json json = {
      {"terminal", false},
      {"user", *user},
      {"args", argv},
      {"env", environment(input)},
      {"cwd", working_directory(input)},
      {"capabilities",
       {{"bounding", *capabilities}, {"effective", *capabilities}, {"permitted", *capabilities}}},
      {"noNewPrivileges", !may_gain_privileges(service)},
      {"oomScoreAdj", service.oom_score_adj}};
  if (user->at("uid") != 0) {
    const auto ambient = oci_ambient_capabilities(service);
    if (!ambient) return std::unexpected(ambient.error());
    if (!ambient->empty())
      json["capabilities"]["inheritable"] = json["capabilities"]["ambient"] = *ambient;
  }
  if (service.nofile != 0)
    json["rlimits"] = Json::array(
        {{{"type", "RLIMIT_NOFILE"}, {"hard", service.nofile}, {"soft", service.nofile}}});
  return json;
}

// The network namespace is left out for the host's network; so are the others the service shares.
Json namespaces(const config::ServiceDefinition& service) {
  Json list = Json::array({{{"type", "mount"}}});
  const auto own = [&list](bool host, const char* type) {
    if (!host) list.push_back({{"type", type}});
  };
  own(service.host_cgroup, "cgroup");
  own(service.host_pid, "pid");
  own(service.host_ipc, "ipc");
  own(service.host_uts, "uts");
  own(service.host_network, "network");
  return list;
}

constexpr std::int64_t kMostProcesses = 4096;

std::int64_t most_processes(const config::ServiceDefinition& service) {
  if (service.pids_limit != 0 || service.privileged) return service.pids_limit;
  return kMostProcesses;
}

// cgroup v2 files by name: the runtime's conversions from v1 values changed between its versions.
Json resources(const config::ServiceDefinition& service, Json device_rules) {
  Json json = {{"devices", std::move(device_rules)}};
  Json unified = Json::object();
  if (const auto most = most_processes(service); most > 0)
    unified["pids.max"] = std::to_string(most);
  if (service.memory_limit != 0) unified["memory.max"] = std::to_string(service.memory_limit);
  if (service.memory_min != 0) unified["memory.min"] = std::to_string(service.memory_min);
  if (service.cpu_shares != 0) {
    const auto weight = std::clamp<std::uint64_t>(service.cpu_shares * 100 / 1024, 1, 10'000);
    unified["cpu.weight"] = std::to_string(weight);
  }
  if (!unified.empty()) json["unified"] = std::move(unified);
  return json;
}

// /proc/sys without net/ipv4, net/ipv6 and net/mptcp. The runtime skips what the kernel lacks.
constexpr auto kOtherSysctls = std::to_array<const char*>(
    {"abi", "crypto", "debug", "dev", "fs", "kernel", "net/bridge", "net/core", "net/netfilter",
     "net/unix", "sunrpc", "user", "vm", "xen"});

void add_hidden_paths(Json& linux_part, bool net_sysctl) {
  linux_part["maskedPaths"] = {
      "/proc/acpi",        "/proc/asound",  "/proc/interrupts",
      "/proc/kcore",       "/proc/keys",    "/proc/latency_stats",
      "/proc/sched_debug", "/proc/scsi",    "/proc/timer_list",
      "/proc/timer_stats", "/sys/firmware", "/sys/devices/virtual/powercap",
  };
  Json read_only = {"/proc/bus", "/proc/fs", "/proc/irq"};
  if (net_sysctl) {
    for (const auto* const name : kOtherSysctls)
      read_only.push_back(std::string("/proc/sys/") + name);
  } else {
    read_only.push_back("/proc/sys");
  }
  read_only.push_back("/proc/sysrq-trigger");
  linux_part["readonlyPaths"] = std::move(read_only);
}

Result<Json> linux_part(const SpecInput& input, const std::vector<std::string>& capabilities) {
  const auto& service = input.service;
  auto devices = oci_devices(input);
  if (!devices) return std::unexpected(devices.error());
  Json json = {{"namespaces", namespaces(service)},
               {"cgroupsPath", input.cgroup_path},
               {"resources", resources(service, std::move(devices->rules))}};
  if (!devices->nodes.empty()) json["devices"] = std::move(devices->nodes);
  const std::string propagation = root_propagation(input);
  if (!propagation.empty()) json["rootfsPropagation"] = propagation;
  if (!service.privileged) add_hidden_paths(json, has_label(service, kNetSysctlLabel));
  if (needs_seccomp(service)) {
    auto seccomp = oci_seccomp(input.seccomp_profile, capabilities);
    if (!seccomp) return seccomp;
    json["seccomp"] = *std::move(seccomp);
  }
  return json;
}

}  // namespace

bool needs_seccomp(const config::ServiceDefinition& service) {
  return !service.privileged && service.security.seccomp;
}

Result<std::string> build_spec(const SpecInput& input) {
  const std::string what = fmt::format("specification of '{}'", input.id);
  auto process_json = process(input);
  if (!process_json) return context(what, process_json.error());
  const auto& bounding = (*process_json)["capabilities"]["bounding"];
  auto linux_json = linux_part(input, bounding.get<std::vector<std::string>>());
  if (!linux_json) return context(what, linux_json.error());
  Json spec = {{"ociVersion", "1.2.0"},
               {"process", std::move(*process_json)},
               {"root", {{"path", "rootfs"}, {"readonly", input.service.read_only}}},
               {"mounts", oci_mounts(input)},
               {"linux", std::move(*linux_json)}};
  // Without one the new uts namespace begins with the host's name.
  if (!input.service.hostname.empty() && !input.service.host_uts)
    spec["hostname"] = input.service.hostname;
  return spec.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ros::containerd
