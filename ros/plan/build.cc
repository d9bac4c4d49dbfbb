#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "config/dependencies.h"
#include "config/service_kinds.h"
#include "plan/profile.h"
#include "plan/service_files.h"
#include "plan/tables.h"

namespace ros::plan {
namespace {

constexpr std::chrono::seconds kWaitLimit{60};   // for a device that was asked for
constexpr std::chrono::seconds kGraceLimit{10};  // for one that may be there
// Before a state is made, once in a machine's life: a slow disk may hold one.
constexpr std::chrono::seconds kLateLimit{30};
constexpr std::chrono::seconds kLateQuiet{5};
constexpr std::string_view kByLabel = "LABEL=";

class Builder {
 public:
  Builder(const config::Config& config, const Facts& facts) : config_(config), facts_(facts) {}

  BootPlan build() {
    devices();
    disc();
    state();
    user_config();
    identity();
    ssh();
    files();
    commands();
    plan_.services_after = leaves();
    services();
    return std::move(plan_);
  }

 private:
  // Names in `after` that are not part of this plan are left out.
  void add(std::string name, Action action, const std::vector<std::string>& after = {}) {
    Step step{std::move(name), std::move(action), {}};
    for (const auto& earlier : after)
      if (plan_.step(earlier) != nullptr) step.after.push_back(earlier);
    plan_.steps.push_back(std::move(step));
  }

  void devices() {
    add("cgroups", SetCgroups{cgroups(facts_.threads)});
    add("clock", SetClock{std::string(kBuiltInConfig)});
    add("loopback", LoopbackUp{});
    add("modules", LoadModules{facts_.kernel_release, base_modules()});
    add("coldplug", Coldplug{facts_.kernel_release});
  }

  [[nodiscard]] Discs discs() const {
    if (!config_.nocloud) return Discs::kStickAlone;
    return *config_.nocloud ? Discs::kAll : Discs::kNone;
  }

  // Before the state, of which it may say something. When that is not there, devices are still
  // being found, and the disc may be one of them. When it is, a stick has to wait until it is known
  // what the state holds.
  void disc() {
    if (!facts_.state_present)
      add("settle", WaitDevice{state_device(config_), kGraceLimit, true}, {"coldplug"});
    if (discs() == Discs::kNone) return;
    const bool wait = facts_.state_present && discs() == Discs::kStickAlone;
    add("disc", ReadConfig{{}, std::string(kNoCloudLabel), wait ? Discs::kNoStick : discs()},
        facts_.state_present ? std::vector<std::string>{}
                             : std::vector<std::string>{"coldplug", "settle"});
  }

  void state() {
    const auto& state = config_.state;
    const bool wanted = state.wait || state.required;
    const bool named =
        wanted || !(state.device.empty() && state.autoformat.empty() && state.script.empty());
    if (!state.script.empty())
      add("state-script", RunCommands{{{"/bin/sh", "-c", state.script}}}, {"coldplug", "disc"});
    if (!facts_.state_present && !state.autoformat.empty() &&
        state_device(config_).starts_with(kByLabel))
      add("autoformat",
          Autoformat{.state = state_device(config_),
                     .devices = state.autoformat,
                     .label = state_device(config_).substr(kByLabel.size()),
                     .partition = std::string(kStatePartition),
                     .quiet = wanted ? std::chrono::seconds(0) : kLateQuiet,
                     .limit = kLateLimit},
          {"disc", "state-script"});
    if (!facts_.state_present && named)
      add("state-device",
          WaitDevice{state_device(config_), wanted ? kWaitLimit : kGraceLimit, !wanted},
          {"disc", "state-script", "autoformat"});
    add("state",
        MountState{state_device(config_), state.fstype, std::string(kStateTarget), state.required,
                   state.directory},
        {"disc", "state-script", "state-device"});
    add("grow-state",
        GrowState{std::string(kStateTarget), std::string(kStatePartition),
                  std::string(kGrownStamp)},
        {"state"});
    add("user-paths", BindUserPaths{std::string(kStateTarget), user_paths()}, {"state"});
    add("state-clock", SetClock{std::string(kClockStamp)}, {"user-paths"});
    add("directories", MakeDirectories{directories()}, {"user-paths"});
    add("containerd", StartContainerd{}, {"cgroups"});
  }

  void user_config() {
    add("config",
        ReadConfig{{std::string(kConfigDirectory), std::string(kConfigFile)},
                   std::string(kNoCloudLabel),
                   discs(),
                   facts_.state_present},
        {"disc", "directories"});
    if (config_.lockdown != "none") add("lockdown", LockDown{config_.lockdown}, {"config"});
    if (!config_.modules.empty())
      add("user-modules", LoadModules{facts_.kernel_release, config_.modules}, {"config"});
    if (!config_.mounts.empty())
      add("mounts", MountAll{config_.mounts}, {"config", "coldplug", "user-modules"});
    auto sysctl = config_.sysctl;
    if (const auto kib = least_free_kib(facts_.memory_kib); kib > 0)
      sysctl.try_emplace("vm.min_free_kbytes", std::to_string(kib));
    if (!sysctl.empty())
      add("sysctl", SetSysctls{std::move(sysctl)}, {"modules", "config", "user-modules"});
  }

  void identity() {
    const auto& given = config_.hostname.empty() ? facts_.dhcp_hostname : config_.hostname;
    const auto& name = given.empty() ? config_.defaults.hostname : given;
    add("hostname", SetHostname{name}, {"config"});
    add("etc",
        WriteEtc{.templates = std::string(kEtcTemplates),
                 .directory = std::string(kEtcDirectory),
                 .resolv_conf = std::string(kResolvConf),
                 .shadow = std::string(kShadow),
                 .hostname = name,
                 .password = config_.password,
                 .nameservers = config_.network.nameservers,
                 .fallback_nameservers = config_.defaults.dns_nameservers,
                 .search = config_.network.search},
        {"config"});
    add("machine-id", MachineId{std::string(kMachineIdStore), std::string(kMachineIdPath)},
        {"directories"});
    add("registries",
        WriteRegistries{std::string(kRegistries), config_.system_docker.insecure_registries,
                        config_.system_docker.registry_mirror},
        {"config"});
    const config::NetworkDocument network{config_.network, config_.defaults.dns_nameservers};
    add("network", WriteLines{std::string(kNetworkPath), {config::to_json(network)}}, {"config"});
  }

  void ssh() {
    for (const auto login : kLogins)
      // In memory: homes go when the state does, and its owner still has to get in; and a key that
      // is taken away lets nobody in.
      add(fmt::format("keys-of-{}", login),
          WriteLines{fmt::format("{}/{}", kSshdKeys, login), config_.ssh_authorized_keys},
          {"config"});
    WriteLines settings{std::string(kSshdSettings), {}};
    if (config_.ssh.daemon) {
      settings.lines.push_back("Port " + std::to_string(config_.ssh.port));
      for (const auto& address : config_.ssh.listen_addresses)
        settings.lines.push_back("ListenAddress " + address);
    }
    if (const auto path = ssh_search_path(config_.environment); !path.empty())
      settings.lines.push_back(path);
    add("sshd", std::move(settings), {"config"});
    if (config_.ssh.keys.empty()) return;
    WriteFiles host_key;
    for (const auto& [type, text] : config_.ssh.keys) {
      const bool is_public = type.ends_with("-pub");
      const auto path =
          fmt::format("{}/ssh_host_{}_key", kSshdDirectory, type.substr(0, type.find("-pub")));
      host_key.files.push_back({.path = is_public ? path + ".pub" : path,
                                .content = text.ends_with('\n') ? text : text + "\n",
                                .permissions = is_public ? 0644U : 0600U});
    }
    add("host-key", std::move(host_key), {"config"});
  }

  // Files of the host go to their place, those of a container to the tree of its service.
  void files() {
    std::map<std::string, std::vector<config::WriteFile>> by_service;
    for (auto file : config_.write_files) {
      if (file.container.empty()) file.container = kConsole;
      const auto shared = file.container == kConsole ? host_path(file.path) : "";
      if (!shared.empty()) file.path = shared;
      by_service[shared.empty() ? file.container : ""].push_back(std::move(file));
    }
    // Written when there is nothing to say, too, as is what runcmd has: of a value that was taken
    // away nothing stays.
    by_service[std::string(kConsole)].push_back(
        {.path = std::string(kProfilePath), .content = profile_script(config_.environment)});
    for (auto& [service, list] : by_service) {
      const bool host = service.empty();
      add(host ? "write-files" : "write-files-" + service,
          WriteFiles{host ? "" : std::string(kServiceFiles) + "/" + service, std::move(list)},
          {"config", "etc", "machine-id"});
    }
    add("service-files", WriteFiles{"", service_files(config_)}, {"config"});
    if (!config_.autologin.empty())
      add("autologin", WriteLines{std::string(kAutologinPath), config_.autologin}, {"config"});
  }

  void commands() {
    if (!config_.bootcmd.empty())
      add("bootcmd", RunCommands{config_.bootcmd},
          {"config", "lockdown", "user-modules", "sysctl", "hostname", "etc", "write-files",
           "mounts"});
    WriteLines lines{std::string(kRuncmdPath), {}};
    for (const auto& argv : config_.runcmd) lines.lines.push_back(nlohmann::json(argv).dump());
    add("runcmd", std::move(lines), {"config"});
  }

  // Steps that no other step waits for.
  [[nodiscard]] std::vector<std::string> leaves() const {
    std::set<std::string> waited;
    for (const auto& step : plan_.steps) waited.insert(step.after.begin(), step.after.end());
    std::vector<std::string> names;
    for (const auto& step : plan_.steps)
      if (!waited.contains(step.name)) names.push_back(step.name);
    return names;
  }

  void services() {
    std::vector<config::ServiceDefinition> runnable;
    for (const auto& service : config_.services)
      if (!config_.rejected.contains(service.name)) runnable.push_back(service);
    const auto needs = config::dependencies_of(config_.services);
    for (const auto& name : config::start_order(config::dependencies_of(runnable))) {
      const auto& service = *config_.service(name);
      const auto ready = service.detach ? config::Ready::show(service.ready).text : "exited";
      plan_.services.push_back({name, service.image, needs.at(name), ready, ""});
    }
    for (const auto& [name, reason] : config_.rejected)
      plan_.services.push_back({name, config_.service(name)->image, needs.at(name), "", reason});
  }

  const config::Config& config_;
  const Facts& facts_;
  BootPlan plan_;
};

}  // namespace

const Step* BootPlan::step(std::string_view name) const {
  const auto found = std::ranges::find(steps, name, &Step::name);
  return found == steps.end() ? nullptr : &*found;
}

std::string state_device(const config::Config& config) {
  return config.state.device.empty() ? "LABEL=" + std::string(kStateName) : config.state.device;
}

BootPlan build(const config::Config& config, const Facts& facts) {
  return Builder(config, facts).build();
}

}  // namespace ros::plan
