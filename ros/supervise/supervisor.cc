#include "supervise/supervisor.h"

#include <fmt/format.h>

#include <algorithm>

namespace ros::supervise {
namespace {

constexpr Millis kKillInterval{10'000};  // between two Kills of what does not end
constexpr Millis kKillMargin{2'000};     // after the shutdown limit, for the killed to go
constexpr Millis kRemoveLimit{8'000};    // at shutdown, when nothing runs any more

}  // namespace

Supervisor::Supervisor(std::vector<config::ServiceDefinition> services,
                       std::vector<Rejected> rejected) {
  std::set<std::string> names;
  for (const auto& each : rejected) names.insert(each.service);
  order_ = make_order(services, names);
  for (auto& definition : services) define(std::move(definition));
  for (auto& each : rejected) {
    Record& record = records_[each.service];
    record.name = record.definition.name = each.service;
    record.refused = std::move(each.reason);
  }
}

void Supervisor::boot(Millis now) {
  now_ = now;
  for (auto& [name, record] : records_) {
    if (!record.remembered && !record.definition.only_scheduled) record.desired = Desired::kUp;
    dirty_.push_back(name);
  }
  run();
}

Result<Record*> Supervisor::wanted(const std::string& service, bool to_run) {
  const auto found = records_.find(service);
  if (found == records_.end()) return fail(fmt::format("no such service '{}'", service));
  if (shutdown_at_) return fail("the system is shutting down");
  if (to_run && !found->second.refused.empty()) {
    return fail(fmt::format("service '{}' can't be started: {}", service, found->second.refused));
  }
  return &found->second;
}

Result<void> Supervisor::start(Millis now, const std::string& service) {
  now_ = now;
  auto record = wanted(service, true);
  if (!record) return std::unexpected(record.error());
  // What it needs comes up with it.
  std::vector<std::string> names{service};
  for (std::size_t next = 0; next < names.size(); ++next) {
    Record& each = records_.at(names[next]);
    each.desired = Desired::kUp;
    dirty_.push_back(each.name);
    for (const auto& need : order_.edges[each.name].needs) {
      if (records_.at(need).desired == Desired::kDown) names.push_back(need);
    }
  }
  Record& asked = **record;
  const bool running = asked.runs() || (asked.state == State::kStarting && !asked.cancelled);
  const bool there = asked.state == State::kDone && asked.definition.create_only;
  if (!there && !running) {
    asked.insisted = true;
    asked.again = asked.state != State::kWaiting;
    asked.restarts.reset();
  }
  run();
  return {};
}

Result<void> Supervisor::stop(Millis now, const std::string& service, std::optional<Millis> grace) {
  now_ = now;
  auto record = wanted(service, false);
  if (!record) return std::unexpected(record.error());
  Record& asked = **record;
  asked.desired = Desired::kDown;
  asked.again = false;
  asked.grace = grace;
  asked.restarts.reset();
  if (asked.state == State::kStopping && grace && asked.deadline) {
    asked.deadline = std::min(*asked.deadline, now + *grace);
  }
  dirty_.push_back(service);
  queue_neighbours(service);
  run();
  return {};
}

Result<void> Supervisor::restart(Millis now, const std::string& service,
                                 std::optional<Millis> grace) {
  now_ = now;
  auto record = wanted(service, true);
  if (!record) return std::unexpected(record.error());
  Record& asked = **record;
  if (asked.state == State::kDown || asked.state == State::kWaiting) return start(now, service);
  asked.desired = Desired::kUp;
  asked.insisted = true;
  asked.again = true;
  asked.grace = grace;
  asked.restarts.reset();
  dirty_.push_back(service);
  run();
  return {};
}

void Supervisor::shutdown(Millis now, Millis limit) {
  now_ = now;
  shutdown_at_ = shutdown_at_ ? std::min(*shutdown_at_, now + limit) : now + limit;
  for (auto& [name, record] : records_) {
    record.desired = Desired::kDown;
    record.again = false;
    record.grace.reset();
    dirty_.push_back(name);
  }
  run();
}

Record* Supervisor::current(const Id& id) {
  const auto found = records_.find(id.service);
  if (found == records_.end()) return nullptr;
  Record& record = found->second;
  return record.has_container && record.generation == id.generation ? &record : nullptr;
}

void Supervisor::started(Millis now, const Id& id, std::uint32_t pid) {
  now_ = now;
  Record* record = current(id);
  if (record == nullptr || record->state != State::kStarting) return;
  record->pid = pid;
  record->running_since = now;
  begin_running(*record);
  if (record->early_exit)
    end_running(*record, exit_text(*record->early_exit), *record->early_exit == 0);
  run();
}

void Supervisor::created(Millis now, const Id& id) {
  now_ = now;
  Record* record = current(id);
  if (record == nullptr || record->state != State::kStarting) return;
  record->ready_at = now;
  enter(*record, State::kDone, "");
  run();
}

void Supervisor::start_failed(Millis now, const Id& id, const std::string& reason) {
  now_ = now;
  Record* record = current(id);
  if (record == nullptr || record->state != State::kStarting) return;
  end_generation(*record, reason, true, Millis(0));
  run();
}

void Supervisor::exited(Millis now, const Id& id, int code) {
  now_ = now;
  Record* record = current(id);
  if (record == nullptr) return;
  if (record->state == State::kStarting) {
    record->early_exit = code;
  } else if (record->runs() || record->state == State::kStopping) {
    end_running(*record, exit_text(code), code == 0);
  }
  run();
}

void Supervisor::ready(Millis now, const Id& id) {
  now_ = now;
  Record* record = current(id);
  if (record == nullptr || record->state != State::kUnready || record->one_shot()) return;
  record->probing = false;  // its answer: nothing to end
  if (!record->ready_at) record->ready_at = now;
  enter(*record, State::kReady, record->outdated ? record->reason : "");
  run();
}

void Supervisor::unhealthy(Millis now, const Id& id, const std::string& reason) {
  now_ = now;
  Record* record = current(id);
  if (record == nullptr || record->state != State::kUnready || record->late) return;
  record->deadline.reset();
  be_late(*record, reason);
  run();
}

void Supervisor::be_late(Record& record, std::string reason) {
  record.late = true;
  record.reason = std::move(reason);
  report(record);
  queue_neighbours(record.name);
}

void Supervisor::removed(Millis now, const Id& id) {
  now_ = now;
  if (const auto found = records_.find(id.service); found != records_.end()) {
    found->second.leftovers.erase(id.generation);
    dirty_.push_back(id.service);
  }
  Record* record = current(id);
  if (record != nullptr && record->state == State::kRemoving) leave_removing(*record);
  run();
}

void Supervisor::tick(Millis now) {
  now_ = now;
  for (auto& [name, record] : records_) {
    if (record.deadline && *record.deadline <= now) deadline_passed(record);
  }
  if (shutdown_at_ && !limit_passed_ && now >= *shutdown_at_) pass_limit();
  run();
}

void Supervisor::deadline_passed(Record& record) {
  record.deadline.reset();
  switch (record.state) {
    case State::kWaiting:
      dirty_.push_back(record.name);
      break;
    case State::kUnready:
      be_late(record,
              fmt::format("not ready after {}", duration_text(record.definition.ready.limit)));
      break;
    case State::kStopping:
      if (record.kills > 0 && !record.late) be_late(record, "does not end after SIGKILL");
      record.kill = true;
      record.deadline = now_ + kKillInterval;
      unexecuted_.insert(record.name);
      break;
    case State::kRestarting:
      dirty_.push_back(record.name);
      break;
    default:
      break;
  }
}

void Supervisor::pass_limit() {
  limit_passed_ = true;
  for (auto& [name, record] : records_) {
    if (record.runs()) begin_stopping(record);
    if (record.state != State::kStopping) continue;
    record.kill = true;
    unexecuted_.insert(name);
  }
}

void Supervisor::check_shutdown() {
  if (!shutdown_at_ || shutdown_done_) return;
  bool gone = true;
  bool runs = false;
  for (const auto& [name, record] : records_) {
    gone = gone && record.at_rest();
    runs = runs || record.may_run();
  }
  if (!runs) shutdown_at_ = std::min(*shutdown_at_, now_ + kRemoveLimit);
  shutdown_done_ = gone || (limit_passed_ && now_ >= *shutdown_at_ + kKillMargin);
}

void Supervisor::run() {
  propagate();
  execute();
  check_shutdown();
}

std::vector<Action> Supervisor::take_actions() {
  return std::exchange(actions_, {});
}

std::vector<Change> Supervisor::take_changes() {
  return std::exchange(changes_, {});
}

std::optional<Millis> Supervisor::next_deadline() const {
  std::optional<Millis> next;
  const auto consider = [&next](Millis time) { next = next ? std::min(*next, time) : time; };
  for (const auto& [name, record] : records_) {
    if (record.deadline) consider(*record.deadline);
  }
  if (shutdown_at_ && !shutdown_done_) {
    consider(limit_passed_ ? *shutdown_at_ + kKillMargin : *shutdown_at_);
  }
  return next;
}

std::vector<Status> Supervisor::list() const {
  std::vector<Status> all;
  for (const auto& [name, record] : records_) all.push_back(status_of(record));
  return all;
}

std::optional<Status> Supervisor::status(const std::string& service) const {
  const auto found = records_.find(service);
  if (found == records_.end()) return std::nullopt;
  return status_of(found->second);
}

const config::ServiceDefinition* Supervisor::definition(const std::string& service) const {
  const auto found = records_.find(service);
  const bool configured = found != records_.end() && !found->second.hash.empty();
  return configured ? &found->second.definition : nullptr;
}

bool Supervisor::settled(const std::string& service) const {
  const auto found = records_.find(service);
  if (found == records_.end()) return true;
  const Record& record = found->second;
  if (record.desired == Desired::kDown) return record.at_rest();
  return !record.again && verdict(record) != Verdict::kWait;
}

bool Supervisor::all_settled() const {
  return std::ranges::all_of(records_, [this](const auto& entry) {
    return entry.second.definition.only_scheduled || settled(entry.first);
  });
}

}  // namespace ros::supervise
