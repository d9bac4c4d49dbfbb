// Taking over from an earlier manager, and catching up after lost events.
#include <algorithm>

#include "supervise/supervisor.h"

namespace ros::supervise {
namespace {

// What a service keeps: what runs, rather with the present definition, rather the newest; for a
// create-only service its container; after those, what was running when the manager went.
[[nodiscard]] int rank(const Record& record, const Existing& found, const Id& id) {
  using Task = Existing::Task;
  if (!found.has_container) return 0;
  const bool same = found.definition_hash == record.hash;
  if (found.task == Task::kRunning) return same ? 4 : 3;
  if (found.task == Task::kNone && record.definition.create_only && same) return 2;
  const bool remembered =
      record.generation == id.generation && (record.runs() || record.state == State::kStopping);
  return found.task == Task::kStopped && remembered ? 1 : 0;
}

}  // namespace

void Supervisor::adopt(Millis now, const std::vector<Existing>& existing,
                       const std::vector<Memory>& memory) {
  now_ = now;
  for (const auto& each : memory) restore(each);
  sort_out(existing);
}

void Supervisor::restore(const Memory& memory) {
  const auto found = records_.find(memory.service);
  if (found == records_.end()) return;  // if it runs, sort_out() makes a record
  Record& record = found->second;
  record.remembered = true;
  record.desired = memory.desired;
  record.state = memory.state;
  // Only a restart stops what is wanted.
  record.again = memory.state == State::kStopping && memory.desired == Desired::kUp;
  record.reason = memory.reason;
  record.generation = memory.generation;
  record.highest = std::max(memory.highest, memory.generation);
  record.blocked = memory.blocked;
  record.start_at = memory.start_at;
  record.ready_at = memory.ready_at;
  record.restarts.restore(memory.restarts);
}

void Supervisor::sort_out(const std::vector<Existing>& existing) {
  struct Choice {
    const Existing* best = nullptr;
    Id id;
    int rank = 0;
  };
  std::map<std::string, Choice> choices;
  std::vector<Id> ids;
  for (const auto& found : existing) {
    const auto id = Id::parse(found.id);
    if (!id) continue;  // not made by a manager
    ids.push_back(*id);
    if (!records_.contains(id->service) && found.task == Existing::Task::kRunning) {
      Record& record = records_[id->service];
      record.name = record.definition.name = id->service;
      record.refused = kUnknown;
      record.remembered = true;
      record.desired = Desired::kUp;
      order_.edges[id->service];
    }
    const auto known = records_.find(id->service);
    if (known == records_.end()) continue;
    const int value = rank(known->second, found, *id);
    Choice& choice = choices[id->service];
    if (value > 0 &&
        std::pair(value, id->generation) > std::pair(choice.rank, choice.id.generation)) {
      choice = {&found, *id, value};
    }
  }
  for (const auto& id : ids) {
    const auto choice = choices.find(id.service);
    if (choice == choices.end() || choice->second.id != id) remove_leftover(id);
  }
  for (auto& [name, record] : records_) {
    const auto choice = choices.find(name);
    if (choice != choices.end() && choice->second.best != nullptr) {
      record.generation = choice->second.id.generation;
      record.highest = std::max(record.highest, record.generation);
      take_over(record, *choice->second.best);
    } else {
      take_over_missing(record);
    }
  }
}

void Supervisor::remove_leftover(const Id& id) {
  const auto found = records_.find(id.service);
  if (found != records_.end()) {
    found->second.highest = std::max(found->second.highest, id.generation);
    if (!found->second.leftovers.insert(id.generation).second) return;
  }
  actions_.emplace_back(Remove{id});
}

void Supervisor::take_over(Record& record, const Existing& found) {
  record.has_container = true;
  record.running_hash = found.definition_hash;
  record.stop = found.stop.value_or(StopPolicy(record.definition));
  record.outdated = record.running_hash != record.hash;
  const bool was_ready = record.state == State::kReady;
  record.running_since = record.start_at.value_or(now_);
  if (found.task == Existing::Task::kStopped) {
    end_running(record, exit_text(found.exit_code), found.exit_code == 0);
    return;
  }
  if (found.task == Existing::Task::kNone) {
    enter(record, State::kDone, "");
    return;
  }
  record.pid = found.pid;
  if (!record.start_at) record.start_at = now_;
  if (!record.remembered) record.desired = Desired::kUp;
  record.reason = !record.refused.empty() ? record.refused : kOutdated;
  // READY=1 went to a manager that is gone; it does not come again.
  const bool notified = record.definition.ready.kind == config::ReadinessKind::kNotify;
  if (!record.one_shot() && (was_ready || notified)) {
    if (!record.ready_at) record.ready_at = now_;
    enter(record, State::kReady, record.outdated ? record.reason : "");
    return;
  }
  begin_running(record);
}

// Nothing of the remembered generation exists any more.
void Supervisor::take_over_missing(Record& record) {
  const std::string reason = record.reason;
  switch (record.state) {
    case State::kUnready:
    case State::kReady:
    case State::kStopping:
      record.has_container = true;  // Remove takes away what else there is of it
      record.running_since = record.start_at.value_or(now_);
      end_running(record, "ended while no manager was watching", false);
      break;
    case State::kDone:
      if (record.definition.create_only) enter(record, State::kDown, "");
      break;
    case State::kRestarting:
      enter(record, State::kRestarting, reason);
      record.deadline = now_;
      break;
    case State::kWaiting:
    case State::kStarting:
    case State::kRemoving:
      enter(record, State::kDown, "");
      break;
    case State::kDown:
    case State::kFailed:
      break;
  }
  dirty_.push_back(record.name);
}

void Supervisor::resync(Millis now, const std::vector<Existing>& existing) {
  now_ = now;
  std::map<Id, const Existing*> found;
  for (const auto& each : existing) {
    if (const auto id = Id::parse(each.id)) found[*id] = &each;
  }
  for (auto& [name, record] : records_) {
    if (!record.runs() && record.state != State::kStopping) continue;
    const auto here = found.find(record.id());
    if (here == found.end() || here->second->task == Existing::Task::kNone) {
      end_running(record, "its container is gone", false);
    } else if (here->second->task == Existing::Task::kStopped) {
      end_running(record, exit_text(here->second->exit_code), here->second->exit_code == 0);
    }
  }
  for (const auto& [id, each] : found) {
    if (current(id) == nullptr) remove_leftover(id);
  }
  run();
}

std::vector<Memory> Supervisor::memory() const {
  std::vector<Memory> all;
  for (const auto& [name, record] : records_) {
    Memory memory;
    memory.service = name;
    memory.desired = record.desired;
    memory.state = record.state == State::kRemoving ? record.next : record.state;
    memory.reason = record.reason;
    memory.generation = record.generation;
    memory.highest = record.highest;
    memory.restarts = record.restarts.count();
    memory.blocked = record.blocked || !record.refused.empty();
    memory.start_at = record.start_at;
    memory.ready_at = record.ready_at;
    all.push_back(std::move(memory));
  }
  return all;
}

}  // namespace ros::supervise
