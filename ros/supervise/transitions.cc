// The two phases of the Supervisor: propagate moves services from state to state, execute turns the
// states reached into actions.
#include <fmt/format.h>

#include <algorithm>

#include "supervise/supervisor.h"

namespace ros::supervise {
namespace {

// So many failures in a row make a service that is still trying count as failed.
constexpr int kFailing = 3;

// Why a dependency with verdict kFail failed.
[[nodiscard]] std::string fail_text(const Record& record) {
  if (record.state == State::kFailed) return "failed: " + record.reason;
  if (record.desired == Desired::kDown) return "stopped";
  if (record.late) return record.reason;
  return "failed: " + record.failure;
}

}  // namespace

void Supervisor::queue_neighbours(const std::string& service) {
  const auto& edges = order_.edges[service];
  for (const auto* names : {&edges.dependants, &edges.needs, &edges.follows}) {
    dirty_.insert(dirty_.end(), names->begin(), names->end());
  }
}

void Supervisor::propagate() {
  while (!dirty_.empty()) {
    const std::string name = std::move(dirty_.front());
    dirty_.pop_front();
    settle(records_.at(name));
  }
}

void Supervisor::execute() {
  for (const auto& name : std::exchange(unexecuted_, {})) act(records_.at(name));
}

void Supervisor::settle(Record& record) {
  switch (record.state) {
    case State::kDown:
    case State::kDone:
    case State::kFailed:
      settle_at_rest(record);
      break;
    case State::kWaiting:
      settle_waiting(record);
      break;
    case State::kStarting:
      if ((record.desired == Desired::kDown || record.again) && !record.cancelled) {
        record.cancelled = true;
        unexecuted_.insert(record.name);
      }
      break;
    case State::kUnready:
    case State::kReady:
      settle_running(record);
      break;
    case State::kRestarting:
      if (record.desired == Desired::kDown) {
        enter(record, State::kDown, "stopped");
      } else if (record.again) {
        enter(record, State::kWaiting, "");
      } else if (!record.deadline && record.leftovers.empty()) {
        begin_start(record);
      }
      break;
    case State::kStopping:
    case State::kRemoving:
      break;  // an answer or the deadline moves them
  }
}

void Supervisor::settle_at_rest(Record& record) {
  if (record.desired == Desired::kDown) {
    if (record.state == State::kDown || shutdown_at_) return;
    record.next = State::kDown;
    enter(record, record.has_container ? State::kRemoving : State::kDown, "stopped");
    return;
  }
  if (!record.refused.empty()) {
    if (record.state == State::kFailed && record.reason == record.refused) return;
    enter(record, State::kFailed, record.refused);
    return;
  }
  if (record.again && record.has_container) {
    enter(record, State::kRemoving, "");
    return;
  }
  Verdict needs = Verdict::kPass;
  if (record.blocked) (void)failed_need(record, needs);
  const bool recovered = record.blocked && needs == Verdict::kPass;
  if (record.state == State::kDown || record.again || recovered) {
    enter(record, State::kWaiting, "");
  }
}

void Supervisor::settle_waiting(Record& record) {
  if (record.desired == Desired::kDown) {
    enter(record, State::kDown, "stopped");
    return;
  }
  record.deadline.reset();
  if (!record.leftovers.empty()) return;
  Verdict needs = Verdict::kPass;
  const std::string failed = failed_need(record, needs);
  if (needs == Verdict::kFail && !record.insisted) {
    enter(record, State::kFailed, failed);
    record.blocked = true;
    return;
  }
  if (needs == Verdict::kWait || held_by_soft(record)) return;
  begin_start(record);
}

// The verdict on all hard dependencies in `all`, and what to say of a failed one. Of several the
// gravest counts, except that one who insists waits as long as there is something to wait for.
std::string Supervisor::failed_need(const Record& record, Verdict& all) const {
  std::string text;
  bool waits = false;
  for (const auto& name : order_.edges.at(record.name).needs) {
    const Record& other = records_.at(name);
    const Verdict each = verdict(other);
    if (each == Verdict::kFail && text.empty()) {
      text = fmt::format("needs '{}': {}", name, fail_text(other));
    }
    waits = waits || each == Verdict::kWait;
  }
  all = text.empty() ? Verdict::kPass : Verdict::kFail;
  if (waits && (text.empty() || record.insisted)) all = Verdict::kWait;
  return text;
}

// Sets the deadline at which the first of the services it waits for has had its time.
bool Supervisor::held_by_soft(Record& record) const {
  bool held = false;
  for (const auto& name : order_.edges.at(record.name).follows) {
    const Record& other = records_.at(name);
    const Millis until = record.waiting_since + other.definition.ready.limit;
    if (verdict(other) != Verdict::kWait || now_ >= until) continue;
    held = true;
    record.deadline = record.deadline ? std::min(*record.deadline, until) : until;
  }
  return held;
}

Supervisor::Verdict Supervisor::verdict(const Record& record) const {
  if (record.desired == Desired::kDown || record.late) return Verdict::kFail;
  switch (record.state) {
    case State::kReady:
    case State::kDone:
      return Verdict::kPass;
    case State::kFailed:
      return Verdict::kFail;
    case State::kRemoving:
    case State::kRestarting:
    case State::kStarting:
      return record.restarts.count() >= kFailing ? Verdict::kFail : Verdict::kWait;
    default:
      return Verdict::kWait;
  }
}

void Supervisor::settle_running(Record& record) {
  if (record.desired == Desired::kUp && !record.again) return;
  if (shutdown_at_ && !dependants_gone(record)) return;
  begin_stopping(record);
}

bool Supervisor::dependants_gone(const Record& record) const {
  for (const auto& name : order_.edges.at(record.name).dependants) {
    if (records_.at(name).may_run()) return false;
  }
  return true;
}

void Supervisor::begin_start(Record& record) {
  record.generation = ++record.highest;
  record.grace.reset();
  record.has_container = true;
  record.running_hash = record.hash;
  record.stop = StopPolicy(record.definition);
  record.pid = 0;
  record.kills = 0;
  record.early_exit.reset();
  record.cancelled = record.insisted = record.outdated = false;
  record.start_at = now_;
  record.ready_at.reset();
  enter(record, State::kStarting, "");
}

void Supervisor::begin_running(Record& record) {
  const auto& ready = record.definition.ready;
  if (!record.one_shot() && ready.kind == config::ReadinessKind::kStarted) {
    if (!record.ready_at) record.ready_at = now_;
    enter(record, State::kReady, record.outdated ? record.reason : "");
    return;
  }
  enter(record, State::kUnready, record.outdated ? record.reason : "");
  record.deadline = now_ + ready.limit;
}

void Supervisor::begin_stopping(Record& record) {
  enter(record, State::kStopping,
        shutdown_at_ ? "shutting down" : (record.again ? "restart requested" : "stop requested"));
  record.deadline = now_ + record.grace.value_or(record.stop.grace);
  record.grace.reset();
}

void Supervisor::end_running(Record& record, const std::string& how, bool clean) {
  const bool was_ready = record.state == State::kReady;
  const bool ordered = record.state == State::kStopping;
  if (record.one_shot() && clean && !ordered) {
    if (!record.ready_at) record.ready_at = now_;
    record.restarts.reset();
    record.next = State::kDone;
    enter(record, State::kRemoving, "");
    return;
  }
  const bool too_early = clean && !was_ready;
  end_generation(record, too_early ? how + " before it was ready" : how, !clean || too_early,
                 now_ - record.running_since);
}

void Supervisor::end_generation(Record& record, const std::string& how, bool failure, Millis ran) {
  record.next = State::kDown;
  if (record.desired == Desired::kDown || record.again) {
    enter(record, State::kRemoving, record.reason);
    return;
  }
  const auto& policy = record.definition.restart;
  std::optional<Millis> delay;
  if (record.refused.empty()) delay = record.restarts.after_end(policy, failure, ran);
  std::string reason = how;
  if (delay) {
    record.next = State::kRestarting;
    record.delay = *delay;
    record.failure = how;
    reason = fmt::format("restarting in {}: {}", duration_text(*delay), how);
  } else if (failure) {
    record.next = State::kFailed;
    const int tries = record.restarts.count();
    if (tries > 0) reason = fmt::format("gave up after {} restarts: {}", tries, how);
  } else {
    record.next = State::kDone;
  }
  enter(record, State::kRemoving, reason);
}

void Supervisor::leave_removing(Record& record) {
  record.has_container = false;
  record.pid = 0;
  if (record.desired == Desired::kDown) {
    enter(record, State::kDown, shutdown_at_ ? "shut down" : "stopped");
  } else if (record.again || record.next == State::kDown) {
    enter(record, State::kWaiting, "");
  } else {
    enter(record, record.next, record.reason);
    if (record.state == State::kRestarting) record.deadline = now_ + record.delay;
  }
}

void Supervisor::enter(Record& record, State state, std::string reason) {
  record.state = state;
  record.reason = std::move(reason);
  record.deadline.reset();
  record.late = record.blocked = record.kill = false;
  if (state == State::kWaiting) {
    record.waiting_since = now_;
    record.again = false;
  }
  unexecuted_.insert(record.name);
  dirty_.push_back(record.name);
  queue_neighbours(record.name);
  report(record);
}

void Supervisor::report(const Record& record) {
  changes_.push_back({now_, status_of(record)});
}

void Supervisor::act(Record& record) {
  const Id id = record.id();
  const bool entered = record.acted != record.state;
  record.acted = record.state;
  if (record.probing && record.state != State::kUnready) {
    record.probing = false;
    actions_.emplace_back(EndProbe{id});
  }
  switch (record.state) {
    case State::kStarting:
      if (entered) actions_.emplace_back(Start{id, record.definition.create_only});
      if (record.cancelled) actions_.emplace_back(CancelStart{id});
      break;
    case State::kUnready:
      if (!entered || record.one_shot()) break;
      actions_.emplace_back(ProbeReady{id, record.definition.ready});
      record.probing = true;
      break;
    case State::kStopping:
      if (entered && !record.kill)
        actions_.emplace_back(Stop{id, record.stop.signal, record.again});
      if (!std::exchange(record.kill, false)) break;
      actions_.emplace_back(Kill{id});
      ++record.kills;
      break;
    case State::kRemoving:
      if (entered && !record.leftovers.contains(record.generation)) {
        actions_.emplace_back(Remove{id});
      }
      break;
    default:
      break;
  }
}

}  // namespace ros::supervise
