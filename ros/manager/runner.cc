#include "manager/runner.h"

#include <algorithm>
#include <csignal>
#include <set>
#include <thread>

#include "base/log.h"
#include "manager/containerd_calls.h"
#include "manager/leftovers.h"
#include "manager/signals.h"

namespace ros::manager {
namespace {

using supervise::Existing;
using supervise::Id;

constexpr sys::Millis kWaitLimit{60'000};      // then it is asked again: the answer may be lost
constexpr std::uint64_t kNormalShares = 1024;  // of a processor, as cgroup v1 counts
constexpr int kUnknownExit = 255;              // the task is gone and nobody saw how

template <class... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};
template <class... Handlers>
Overloaded(Handlers...) -> Overloaded<Handlers...>;

// Services of the same shim group share one.
const std::string& shim_of(const config::ServiceDefinition& service) {
  return service.shim_group.empty() ? service.name : service.shim_group;
}

Existing::Task task_state(containerd::TaskStatus status) {
  switch (status) {
    case containerd::TaskStatus::kCreated:
      return Existing::Task::kCreated;
    case containerd::TaskStatus::kStopped:
      return Existing::Task::kStopped;
    default:
      return Existing::Task::kRunning;
  }
}

}  // namespace

ServiceRunner::ServiceRunner(sys::EventLoop& loop, sys::Background& background,
                             containerd::Client& client, ImageStore& images,
                             const sys::Files& files, supervise::Supervisor& supervisor,
                             std::function<void()> pump)
    : loop_(loop),
      background_(background),
      client_(client),
      images_(images),
      files_(files),
      supervisor_(supervisor),
      pump_(std::move(pump)),
      remover_(loop, background, client, images, files),
      starts_(loop, std::max(2U, std::thread::hardware_concurrency())),
      favoured_(loop, 1) {}

void ServiceRunner::perform(const supervise::Action& action) {
  std::visit(
      Overloaded{[this](const supervise::Start& start) { do_start(start); },
                 [this](const supervise::CancelStart& cancel) {
                   generations_[cancel.id].cancelled = true;
                 },
                 [this](const supervise::Stop& stop) { do_stop(stop); },
                 [this](const supervise::Kill& kill) { do_signal(kill.id, SIGKILL, true); },
                 [this](const supervise::Remove& remove) { do_remove(remove.id); },
                 [this](const supervise::ProbeReady& probe) { do_probe(probe); },
                 [this](const supervise::EndProbe& end) { generations_[end.id].probe.reset(); }},
      action);
}

void ServiceRunner::do_start(const supervise::Start& action) {
  tasks_.start<Result<std::uint32_t>>(
      start_service(action.id, action.create_only),
      [this, id = action.id, create_only = action.create_only](Result<std::uint32_t> pid) {
        if (!pid) {
          supervisor_.start_failed(loop_.now(), id, pid.error().message);
        } else if (create_only) {
          supervisor_.created(loop_.now(), id);
        } else {
          supervisor_.started(loop_.now(), id, *pid);
        }
        pump_();
      });
}

void ServiceRunner::attend(const std::string& service, Attendant& attendant) {
  attendants_[service] = &attendant;
}

Attendant* ServiceRunner::attendant_of(const Id& id) const {
  const auto found = attendants_.find(id.service);
  return found == attendants_.end() ? nullptr : found->second;
}

void ServiceRunner::do_stop(const supervise::Stop& action) {
  const int signal = signal_number(action.signal).value_or(SIGTERM);
  auto* const attendant = attendant_of(action.id);
  if (attendant == nullptr) return do_signal(action.id, signal, false);
  tasks_.start<bool>(attendant->stopping(action.id, action.again),
                     [this, id = action.id, signal](bool) { do_signal(id, signal, false); });
}

void ServiceRunner::do_signal(const Id& id, int signal, bool all) {
  auto& sending = generations_[id].signal;
  sending.cancel();
  sending.start<bool>(send_signal(id, signal, all), [](bool) {});
}

sys::Task<bool> ServiceRunner::send_signal(Id id, int signal, bool all) {
  const std::string text = id.text();
  for (bool first = true;; first = false) {
    Result<void> sent = co_await client_.kill_task(text, signal, all, kKillLimit);
    if (sent || is_missing(sent.error())) co_return true;
    if (first) log(LogLevel::kWarning, "stop " + text + ": " + sent.error().message);
    if (!is_away(sent.error()) && sent.error().code != ETIMEDOUT) co_return false;
    co_await sys::Sleep(loop_, kAwayDelay);
  }
}

void ServiceRunner::do_remove(const Id& id) {
  auto& generation = generations_[id];
  generation.probe.reset();
  generation.signal.cancel();
  std::string shim = id.service;
  std::set<std::string> sharers;
  if (const auto* const definition = supervisor_.definition(id.service)) {
    shim = shim_of(*definition);
    sharers = sharers_of(shim);
  }
  tasks_.start<bool>(remover_.remove(id, sharers, turns_of_shim(shim)), [this, id](bool) {
    rootfs_.erase(id.text());
    generations_.erase(id);
    supervisor_.removed(loop_.now(), id);
    pump_();
  });
}

void ServiceRunner::do_probe(const supervise::ProbeReady& action) {
  auto probe = make_probe(action);
  if (!probe) {
    log(LogLevel::kError, "probe of " + action.id.text() + ": " + probe.error().message);
    return;  // the readiness limit tells the user
  }
  generations_[action.id].probe = std::move(*probe);
}

Result<std::unique_ptr<Probe>> ServiceRunner::make_probe(const supervise::ProbeReady& action) {
  auto on_ready = [this, id = action.id] { answer_ready(id); };
  if (action.ready.kind == config::ReadinessKind::kStarted ||
      files_.exists(ready_stamp(action.id))) {
    return started_probe(loop_, on_ready);
  }
  if (action.ready.kind == config::ReadinessKind::kSocket) {
    return socket_probe(loop_, action.ready.socket, on_ready);
  }
  if (action.ready.kind == config::ReadinessKind::kNotify) {
    auto& generation = generations_[action.id];
    if (!generation.notify.valid()) {  // adopted: the earlier manager's socket went with it
      auto socket = bind_notify_socket(notify_directory(action.id.text()) + "/socket");
      if (!socket) return std::unexpected(socket.error());
      generation.notify = std::move(*socket);
    }
    return notify_probe(loop_, std::move(generation.notify), on_ready);
  }
  const auto* const service = supervisor_.definition(action.id.service);
  if (service == nullptr) return fail("no definition");
  auto on_unhealthy = [this, id = action.id](const std::string& reason) {
    supervisor_.unhealthy(loop_.now(), id, reason);
    pump_();
  };
  return health_probe(loop_, client_, action.id.text(), service->healthcheck, on_ready,
                      std::move(on_unhealthy));
}

std::string ServiceRunner::ready_stamp(const Id& id) const {
  return service_directory(id.text()) + "/ready";
}

void ServiceRunner::answer_ready(const Id& id) {
  // Kept on tmpfs for the next manager: a notification is sent once only.
  if (auto kept = files_.write_atomic(ready_stamp(id), ""); !kept) {
    log(LogLevel::kWarning, "readiness of " + id.text() + ": " + kept.error().message);
  }
  supervisor_.ready(loop_.now(), id);
  if (auto* const attendant = attendant_of(id)) attendant->ready(id);
  pump_();
}

sys::Task<Result<std::uint32_t>> ServiceRunner::start_service(Id id, bool create_only) {
  const auto* const definition = supervisor_.definition(id.service);
  if (definition == nullptr) co_return fail("no definition");
  const config::ServiceDefinition service = *definition;  // the pointer may go while this waits
  const auto weight = service.cpu_shares == 0 ? kNormalShares : service.cpu_shares;
  // Who is favoured has its place before others are ready for theirs. One at a time, for a disk or
  // a registry that does not answer may keep it there.
  const auto favour = weight > kNormalShares ? favoured_.take_now() : std::nullopt;
  auto turn = favour ? starts_.take_now() : std::nullopt;
  Result<Ingredients> prepared = co_await prepare_service(id, service);
  if (!prepared) co_return std::unexpected(prepared.error());
  // From here on others wait for this start, so nothing below waits for a disk.
  sys::Turns::Wait in_group = turns_of_shim(shim_of(service)).wait(weight);
  const sys::Turns::Turn group_turn = co_await in_group;
  sys::Turns::Wait place = starts_.wait(weight);
  if (!turn) turn.emplace(co_await place);
  Result<void> created = co_await create_container(id, service, *prepared);
  if (!created) co_return std::unexpected(created.error());
  if (generations_[id].cancelled) co_return fail("start cancelled");
  if (create_only) co_return 0U;
  Result<std::uint32_t> pid = co_await start_task(id);
  co_return pid;
}

std::set<std::string> ServiceRunner::sharers_of(const std::string& shim) const {
  std::set<std::string> services;
  for (const auto& each : supervisor_.list()) {
    const auto* const definition = supervisor_.definition(each.service);
    if (definition != nullptr && shim_of(*definition) == shim) services.insert(each.service);
  }
  return services;
}

sys::Turns& ServiceRunner::turns_of_shim(const std::string& shim) {
  return shims_.try_emplace(shim, loop_, 1).first->second;
}

// In one go for a built-in image: whoever needs more goes would come late to starts_.
sys::Task<Result<ServiceRunner::Ingredients>> ServiceRunner::prepare_service(
    Id id, const config::ServiceDefinition& service) {
  using BuiltIn = std::optional<Ingredients>;
  auto* const attendant = attendant_of(id);
  sys::InBackground<BuiltIn> looking(
      background_,
      [&files = files_, service, text = id.text(),
       attend = attendant ? attendant->starting() : nullptr]() -> Result<BuiltIn> {
        if (auto attended = attend ? attend() : Result<void>(); !attended)
          return std::unexpected(attended.error());
        if (auto made = files.make_directories(service_directory(text)); !made)
          return std::unexpected(made.error());
        if (!is_built_in(files, service.image)) return BuiltIn();
        auto rootfs = built_in_rootfs(files, service, text);
        if (!rootfs) return std::unexpected(rootfs.error());
        auto preparation = prepare(files, service, *rootfs, text);
        if (!preparation) return std::unexpected(preparation.error());
        return BuiltIn({*std::move(rootfs), *std::move(preparation)});
      });
  Result<BuiltIn> built_in = co_await looking;
  if (!built_in) co_return std::unexpected(built_in.error());
  if (*built_in) co_return **std::move(built_in);
  Result<Rootfs> pulled = co_await images_.prepare(service, id.text());
  if (!pulled) co_return std::unexpected(pulled.error());
  sys::InBackground<Preparation> preparing(
      background_, [&files = files_, service, rootfs = *pulled, text = id.text()] {
        return prepare(files, service, rootfs, text);
      });
  Result<Preparation> preparation = co_await preparing;
  if (!preparation) co_return std::unexpected(preparation.error());
  co_return Ingredients{*std::move(pulled), *std::move(preparation)};
}

sys::Task<Result<void>> ServiceRunner::create_container(Id id,
                                                        const config::ServiceDefinition& service,
                                                        const Ingredients& prepared) {
  const bool notifies = service.ready.kind == config::ReadinessKind::kNotify;
  if (notifies) {
    const auto directory = notify_directory(id.text());
    const auto made = files_.make_directories(directory);
    if (!made) co_return std::unexpected(made.error());
    auto socket = bind_notify_socket(directory + "/socket");
    if (!socket) co_return std::unexpected(socket.error());
    generations_[id].notify = std::move(*socket);
  }
  const auto spec =
      containerd::build_spec({.service = service,
                              .image = prepared.rootfs.image,
                              .id = id.text(),
                              .cgroup_path = cgroup_of(id.text()),
                              .notify_socket_dir = notifies ? notify_directory(id.text()) : "",
                              .passwd = prepared.preparation.accounts.passwd,
                              .group = prepared.preparation.accounts.group,
                              .seccomp_profile = prepared.preparation.seccomp_profile});
  if (!spec) co_return std::unexpected(spec.error());
  containerd::Container container;
  container.id = id.text();
  container.labels = service.labels;
  container.labels[kServiceLabel] = service.name;
  container.labels[kHashLabel] = service.definition_hash();
  container.labels[kStopLabel] = supervise::StopPolicy(service).text();
  container.image = service.image;
  container.spec_json = *spec;
  container.shim_group = service.shim_group;
  rootfs_[id.text()] = prepared.rootfs.mounts;
  Result<void> created = co_await client_.create_container(container, kCallLimit);
  co_return created;
}

sys::Task<Result<std::uint32_t>> ServiceRunner::start_task(Id id) {
  auto fifos = logd::make_fifos(files_, id.text());
  if (!fifos) co_return std::unexpected(fifos.error());
  containerd::NewTask task;
  task.container_id = id.text();
  task.rootfs = std::exchange(rootfs_[id.text()], {});
  rootfs_.erase(id.text());
  task.stdout_path = fifos->out;
  task.stderr_path = fifos->err;
  generations_[id].fifos = std::move(*fifos);
  Result<std::uint32_t> pid = co_await client_.create_task(task, kCallLimit);
  if (!pid) co_return pid;
  Result<void> started = co_await client_.start_task(id.text(), kCallLimit);
  if (!started) co_return std::unexpected(started.error());
  // After the start: Wait answers at once for a task that has ended already, so nothing is missed.
  loop_.post([this, id] { watch(id); });
  co_return pid;
}

void ServiceRunner::take_over(const Id& id) {
  auto* const attendant = attendant_of(id);
  if (attendant != nullptr && files_.exists(ready_stamp(id))) attendant->ready(id);
  watch(id);
}

void ServiceRunner::watch(const Id& id) {
  tasks_.start<int>(wait_for_exit(id), [this, id](int code) {
    supervisor_.exited(loop_.now(), id, code);
    pump_();
  });
}

sys::Task<int> ServiceRunner::wait_for_exit(Id id) {
  for (;;) {
    Result<containerd::TaskExit> exit = co_await client_.wait_task(id.text(), kWaitLimit);
    if (exit) co_return static_cast<int>(exit->code);
    if (is_missing(exit.error())) co_return kUnknownExit;
    co_await sys::Sleep(loop_, kAwayDelay);
  }
}

sys::Task<Result<std::vector<Existing>>> ServiceRunner::existing() {
  Result<std::vector<containerd::Container>> containers =
      co_await client_.list_containers("", kCallLimit);
  if (!containers) co_return std::unexpected(containers.error());
  Result<std::vector<containerd::TaskInfo>> tasks = co_await client_.list_tasks(kCallLimit);
  if (!tasks) co_return std::unexpected(tasks.error());
  std::map<std::string, Existing> found;
  for (const auto& container : *containers) {
    auto& entry = found[container.id];
    entry.id = container.id;
    entry.has_container = true;
    const auto hash = container.labels.find(kHashLabel);
    if (hash != container.labels.end()) entry.definition_hash = hash->second;
    const auto stop = container.labels.find(kStopLabel);
    if (stop != container.labels.end()) entry.stop = supervise::StopPolicy::parse(stop->second);
  }
  for (const auto& id : files_.list(kServiceDirectories).value_or(std::vector<std::string>{})) {
    found[id].id = id;
  }
  for (const auto& task : *tasks) {
    auto& entry = found[task.container_id];
    entry.id = task.container_id;
    entry.task = task_state(task.status);
    entry.pid = task.pid;
    entry.exit_code = static_cast<int>(task.exit_code);
  }
  std::vector<Existing> list;
  for (auto& [id, entry] : found) list.push_back(std::move(entry));
  co_return list;
}

}  // namespace ros::manager
