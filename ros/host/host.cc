#include "host/host.h"

#include "base/ip.h"
#include "base/log.h"
#include "base/text.h"
#include "host/autoformat.h"
#include "host/clock.h"
#include "host/etc.h"
#include "host/grow.h"
#include "host/kernel_settings.h"
#include "host/registries.h"
#include "host/state.h"
#include "host/user_files.h"
#include "host/user_mounts.h"
#include "plan/tables.h"
#include "sys/block.h"
#include "sys/process.h"

namespace ros::host {
namespace {

constexpr sys::Millis kCommandLimit{10 * 60'000};

Result<void> run_commands(const plan::RunCommands& action) {
  for (auto argv : action.commands) {
    // Found by PATH, as a shell does.
    if (!argv.front().contains('/')) argv.insert(argv.begin(), "/usr/bin/env");
    const auto finished =
        sys::run({.argv = argv,
                  .environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"},
                  .cgroup = {}},
                 kCommandLimit);
    if (!finished) return std::unexpected(finished.error());
    for (const auto& line : split(trim(finished->output), '\n')) log(LogLevel::kInfo, line);
    if (!finished->status.ok())
      return fail("'" + join(argv, " ") + "': " + finished->status.describe());
  }
  return {};
}

}  // namespace

struct Host::Performer {
  Host& host;

  Result<void> operator()(const plan::SetCgroups& action) const {
    return set_cgroups(action, host.files_);
  }
  Result<void> operator()(const plan::LoadModules& action) const {
    return host.modules_.load(action.kernel_release, action.lines);
  }
  Result<void> operator()(const plan::Coldplug& action) const {
    return host.modules_.coldplug(action.kernel_release);
  }
  Result<void> operator()(const plan::SetSysctls& action) const {
    return set_sysctls(action, host.files_);
  }
  Result<void> operator()(const plan::LockDown& action) const {
    return lock_down(action, host.files_);
  }
  Result<void> operator()(const plan::LoopbackUp&) const { return host.machine_.loopback_up(); }
  Result<void> operator()(const plan::SetClock& action) const {
    return set_clock(action, host.files_, host.machine_);
  }
  Result<void> operator()(const plan::WaitDevice& action) const {
    return wait_device(action, host.files_);
  }
  Result<void> operator()(const plan::MountState& action) const {
    return mount_state(action, host.files_, host.mounter_, host.machine_);
  }
  Result<void> operator()(const plan::GrowState& action) const {
    return grow_state(action, host.files_, host.machine_);
  }
  Result<void> operator()(const plan::BindUserPaths& action) const {
    return bind_user_paths(action, host.files_, host.mounter_);
  }
  Result<void> operator()(const plan::MakeDirectories& action) const {
    return make_directories(action.directories, host.files_);
  }
  Result<void> operator()(const plan::SetHostname& action) const {
    return host.machine_.set_hostname(action.name);
  }
  Result<void> operator()(const plan::WriteEtc& action) const {
    return write_etc(action, host.files_);
  }
  Result<void> operator()(const plan::MachineId& action) const {
    return provide_machine_id(action, host.files_);
  }
  Result<void> operator()(const plan::WriteFiles& action) const {
    return write_files(action, std::string(plan::kEtcDirectory), host.files_);
  }
  Result<void> operator()(const plan::WriteLines& action) const {
    return write_lines(action, host.files_);
  }
  Result<void> operator()(const plan::RunCommands& action) const { return run_commands(action); }
  Result<void> operator()(const plan::Autoformat& action) const {
    return autoformat(action, host.files_, {make_ext4, wait_for_state});
  }
  Result<void> operator()(const plan::MountAll& action) const {
    return mount_all(action, host.files_, host.mounter_);
  }
  Result<void> operator()(const plan::WriteRegistries& action) const {
    return write_registries(action, host.files_);
  }
  Result<void> operator()(const plan::StartContainerd&) const {
    return fail_errno("start containerd", EINVAL);
  }
  Result<void> operator()(const plan::ReadConfig&) const {
    return fail_errno("read the configuration", EINVAL);
  }
};

bool Host::state_present(const config::Config& config) const {
  return sys::find_block_device(files_, plan::state_device(config)).has_value();
}

plan::Facts Host::facts(bool state_present) const {
  const std::string name(trim(files_.read(plan::kDhcpHostname).value_or("")));
  const auto threads = parse_int(trim(files_.read("/proc/sys/kernel/threads-max").value_or("")));
  return {.kernel_release = sys::kernel_release(),
          .state_present = state_present,
          .dhcp_hostname = is_hostname(name) ? name : "",
          .memory_kib = sys::memory_kib(),
          .threads = static_cast<std::uint64_t>(threads.value_or(0))};
}

Result<void> Host::perform(const plan::Action& action) {
  return std::visit(Performer{*this}, action);
}

Layers Host::read_layers(const plan::ReadConfig& action, std::vector<config::Layer> disc,
                         bool keep) {
  return host::read_layers(action, std::move(disc), files_, mounter_, keep);
}

}  // namespace ros::host
