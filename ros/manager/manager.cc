#include "manager/manager.h"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

#include "base/log.h"
#include "containerd/client.h"
#include "control/pid1_client.h"
#include "control/server.h"
#include "host/host.h"
#include "manager/boot.h"
#include "manager/clock_guard.h"
#include "manager/clock_stamp.h"
#include "manager/config_editor.h"
#include "manager/cron.h"
#include "manager/dhcp_hostname.h"
#include "manager/docker_daemon.h"
#include "manager/docker_options.h"
#include "manager/image_store.h"
#include "manager/keeper.h"
#include "manager/report.h"
#include "manager/requests.h"
#include "plan/tables.h"
#include "sys/background.h"
#include "sys/console.h"
#include "sys/event_loop.h"
#include "sys/files.h"
#include "sys/machine.h"
#include "sys/mount.h"
#include "sys/power.h"
#include "sys/process.h"

namespace ros::manager {
namespace {

using control::pid1::Child;

// PID 1 acts by itself this much later than the services' own time to stop.
constexpr sys::Millis kPowerMargin{15'000};

struct Door {
  const char* socket;
  control::Role role;
};
constexpr auto kDoors = std::to_array<Door>({
    {control::kSocketPath, control::Role::kAdmin},
    {control::kPowerSocketPath, control::Role::kPower},
});

control::pid1::PowerAction pid1_action(sys::PowerAction action) {
  switch (action) {
    case sys::PowerAction::kPoweroff:
      return control::pid1::PowerAction::kPoweroff;
    case sys::PowerAction::kReboot:
      return control::pid1::PowerAction::kReboot;
    case sys::PowerAction::kHalt:
      break;
  }
  return control::pid1::PowerAction::kHalt;
}

Result<void> tell_pid1(const control::pid1::Request& request) {
  const auto reply = control::pid1::call(request);
  if (!reply) return std::unexpected(reply.error());
  return {};
}

Result<void> start_child(Child child) {
  return tell_pid1(control::pid1::start_child_request(child));
}

struct Services {
  std::vector<config::ServiceDefinition> services;
  std::vector<supervise::Rejected> rejected;
};

class Manager {
 public:
  // `for_clients` has what they ask for: however much of that hangs, services have their own.
  Manager(sys::EventLoop& loop, sys::Background& background, sys::Background& for_clients)
      : loop_(loop),
        background_(background),
        host_(files_, mounter_, machine_),
        client_(containerd::connect(loop, {})),
        image_client_(containerd::connect(
            loop, {.socket = kImageStoreSocket, .registries = std::string(plan::kRegistries)})),
        images_(loop, *image_client_, files_, [] { return start_child(Child::kImageStore); }),
        docker_(loop, *client_, background, files_),
        boot_(loop, background, host_,
              {.start_containerd = [] { return start_child(Child::kContainerd); },
               .step_ended = [](const StepReport& step) { log_step(step); },
               .services_may_start = [this] { start_services(); },
               .reloaded = [this] { reconfigure(); }}),
        editor_(loop, for_clients, files_,
                [this](ConfigEditor::Done done) { boot_.reload(std::move(done)); }),
        dhcp_hostname_(
            loop, files_,
            [this] { boot_.when_planned([this] { boot_.repeat({"hostname", "etc"}); }); }),
        requests_({.loop = loop,
                   .background = for_clients,
                   .files = files_,
                   .boot = boot_,
                   .editor = editor_,
                   .keeper = [this] { return keeper_.get(); },
                   .report = [this] { return report(); },
                   .power = [this](sys::PowerAction action) { return power(action); }}),
        clock_stamp_(loop, background, files_),
        cron_(
            loop, [] { return std::time(nullptr); },
            [this](const std::string& service) { start_by_schedule(service); }),
        clock_guard_(loop, machine_, [this] { cron_.clock_was_set(); }) {}

  Result<void> begin() {
    for (const auto action :
         {sys::PowerAction::kPoweroff, sys::PowerAction::kReboot, sys::PowerAction::kHalt}) {
      auto set = loop_.on_signal(sys::power_signal(action), [this, action] {
        if (auto begun = power(action); !begun) log(LogLevel::kError, begun.error().message);
      });
      if (!set) return set;
    }
    if (auto opened = open_doors(); !opened) return opened;
    boot_.begin();
    if (auto begun = guard_clock(); !begun) return begun;
    return dhcp_hostname_.begin();
  }

 private:
  Result<void> open_doors() {
    for (const auto& [socket, role] : kDoors) {
      auto server = control::Server::listen(
          loop_, {.socket = socket, .role = role, .limits = {}},
          [this](const control::Request& request, std::shared_ptr<control::Reply> reply) {
            boot_.when_planned([this, request, reply] { requests_.handle(request, reply); });
          });
      if (!server) return std::unexpected(server.error());
      doors_.push_back(std::move(*server));
    }
    return {};
  }

  Result<void> guard_clock() {
    const auto built = files_.changed(plan::kBuiltInConfig);
    if (!built) return std::unexpected(built.error());
    return clock_guard_.begin(*built);
  }

  static void log_step(const StepReport& step) {
    if (step.error.empty()) return;
    log(LogLevel::kError, "step '" + step.name + "': " + step.error);
  }

  // The services that can run, and those that can't.
  static Services services_of(const config::Config& config) {
    Services result;
    for (const auto& [name, reason] : config.rejected) result.rejected.push_back({name, reason});
    for (auto& service : effective_services(config)) {
      if (!config.rejected.contains(service.name)) {
        result.services.push_back(std::move(service));
      }
    }
    return result;
  }

  void start_services() {
    write_banner();
    const auto& config = boot_.configuration().config;
    auto [services, rejected] = services_of(config);
    cron_.set(services);
    keeper_ = std::make_unique<Keeper>(
        loop_, background_, *client_, images_, files_, std::move(services), std::move(rejected),
        [this](const supervise::Change& change) { changed(change); }, [this] { finish_power(); });
    docker_.configure(config.docker);
    keeper_->attend(kDockerService, docker_);
    keeper_->begin();
    clock_stamp_.begin();
  }

  void start_by_schedule(const std::string& service) {
    if (power_action_ || !keeper_->begun()) return;
    const auto started = keeper_->supervisor().start(loop_.now(), service);
    if (!started) log(LogLevel::kWarning, "cron: " + started.error().message);
    keeper_->pump();
  }

  void reconfigure() {
    write_banner();
    if (!keeper_) return;  // start_services() will take the present configuration
    const auto& config = boot_.configuration().config;
    auto [services, rejected] = services_of(config);
    cron_.set(services);
    keeper_->supervisor().reconfigure(loop_.now(), std::move(services), std::move(rejected));
    docker_.configure(config.docker);
    keeper_->pump();
  }

  void changed(const supervise::Change& change) {
    const auto& status = change.status;
    if (status.failed && status.reason != last_reason_[status.service]) {
      log(LogLevel::kError, "service '" + status.service + "': " + status.reason);
    }
    last_reason_[status.service] = status.failed ? status.reason : "";
    requests_.services_changed();
    if (ready_at_ == sys::Millis(0) && keeper_->supervisor().all_settled()) settled();
  }

  void settled() {
    ready_at_ = loop_.now();
    if (boot_.resumed()) return;
    // The consoles themselves: the kernel's log may be quiet, and this is for people.
    sys::write_consoles(files_, report_text(report()) + complaints());
  }

  std::string complaints() const { return complaints_text(boot_.configuration().complaints); }

  // Login shells show it.
  void write_banner() {
    if (auto written = files_.write_atomic(plan::kBanner, complaints(), 0644); !written)
      log(LogLevel::kWarning, written.error().message);
  }

  BootReport report() const {
    BootReport report{.steps = boot_.reports(), .services = {}, .ready = ready_at_};
    if (keeper_) report.services = keeper_->supervisor().list();
    return report;
  }

  Result<void> power(sys::PowerAction action) {
    const auto limit =
        std::chrono::duration_cast<sys::Millis>(boot_.configuration().config.shutdown_timeout);
    const auto deadline = static_cast<std::uint32_t>((limit + kPowerMargin).count());
    auto told = tell_pid1(control::pid1::power_request(pid1_action(action), deadline));
    if (!told) return told;
    power_action_ = action;
    if (keeper_) {
      keeper_->supervisor().shutdown(loop_.now(), limit);
      keeper_->pump();
    } else {
      finish_power();
    }
    return {};
  }

  // Without a deadline: everything here is done, PID 1 ends the rest.
  void finish_power() {
    if (std::exchange(finishing_, true)) return;
    clock_stamp_.finish([this] {
      auto told = tell_pid1(control::pid1::power_request(pid1_action(*power_action_), 0));
      if (!told) log(LogLevel::kError, told.error().message);
      loop_.stop();
    });
  }

  sys::EventLoop& loop_;
  sys::Background& background_;
  sys::Files files_;
  sys::KernelMounter mounter_;
  sys::KernelMachine machine_;
  host::Host host_;
  std::unique_ptr<containerd::Client> client_;
  std::unique_ptr<containerd::Client> image_client_;
  ImageStore images_;
  DockerDaemon docker_;
  std::unique_ptr<Keeper> keeper_;
  Boot boot_;
  ConfigEditor editor_;
  DhcpHostname dhcp_hostname_;
  Requests requests_;
  ClockStamp clock_stamp_;
  Cron cron_;
  ClockGuard clock_guard_;
  std::vector<std::unique_ptr<control::Server>> doors_;
  std::map<std::string, std::string> last_reason_;
  std::optional<sys::PowerAction> power_action_;
  bool finishing_ = false;
  sys::Millis ready_at_{0};
};

}  // namespace

int main() {
  const int kmsg = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
  if (kmsg >= 0) set_log_sink({.fd = kmsg, .kmsg = true, .name = "manager"});
  sys::raise_descriptor_limit();  // who follows all logs takes two for each service
  auto loop = sys::EventLoop::create();
  if (!loop) return 1;
  auto background = sys::Background::create(**loop);
  auto for_clients = sys::Background::create(**loop);
  if (!background || !for_clients) return 1;
  Manager manager(**loop, **background, **for_clients);
  if (auto begun = manager.begin(); !begun) {
    log(LogLevel::kError, begun.error().message);
    return 1;
  }
  const auto ended = (*loop)->run();
  if (!ended) log(LogLevel::kError, ended.error().message);
  return ended ? 0 : 1;
}

}  // namespace ros::manager
