// Supervisor: which services should run, which do, and what to do next. Pure: no I/O, no clock;
// every input carries the time, every effect leaves as an Action for the manager.
//
// Each service has a desired state (down, up), changed only by boot(), requests and shutdown(), and
// a current state, changed only here:
//
//   kDown       -> kWaiting     it is wanted up
//   kWaiting    -> kStarting    every dependency passed; Start goes out with a new generation
//               -> kFailed      a dependency failed ("needs 'x': failed: ..."); it returns to
//                               kWaiting by itself when that dependency becomes ready
//   kStarting   -> kUnready     started(); ProbeReady goes out, unless readiness is "started"
//               -> kDone        created(), for create-only services
//               -> kRemoving    start_failed()
//   kUnready    -> kReady       ready(), or at once when readiness is "started"
//               (a passed limit changes no state: the service keeps running and is listed as
//               failed; being ready later heals it and its dependants)
//   kUnready,
//   kReady      -> kRemoving    exited(); one-shot services (detach: false) succeed with status 0
//               -> kStopping    not wanted any more, or restart asked for; Stop goes out
//   kStopping   -> kRemoving    exited(); when the grace has passed Kill goes out, again and again
//   kRemoving   -> kDown        removed(), not wanted
//               -> kWaiting     removed(), a restart was asked for
//               -> kRestarting  removed(), the restart policy wants another try
//               -> kDone, kFailed
//   kRestarting -> kStarting    the delay is over; dependencies are not looked at again
//   kDone, kFailed -> kWaiting  start or restart asked for
//
// A dependency passes when it is kReady or kDone. It fails when it is kFailed, not wanted, late
// with its readiness, or has failed three times in a row and is still trying. Until then its
// dependants wait. What runs is never stopped because a dependency went away. A service that a
// person asked for starts even when a dependency has failed. Soft dependencies (`before`) only
// delay, for at most the other one's readiness limit.
//
// At shutdown a service is stopped when all its dependants are gone. When the limit passes,
// everything left is killed; 2 s later the shutdown counts as done whatever is left. The limit is
// short once all have ended: a containerd whose disk has gone can't remove what is left of them.
//
// Every input runs two phases: propagate settles services from a queue until none changes any more
// (a change queues the neighbours; no recursion), then execute turns the states reached into
// actions. Answers for an id that is not the current generation are ignored.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/service.h"
#include "supervise/action.h"
#include "supervise/memory.h"
#include "supervise/order.h"
#include "supervise/record.h"

namespace ros::supervise {

// A service that the configuration names but that can't be run.
struct Rejected {
  std::string service;
  std::string reason;
};

// A container or task that the runtime has.
struct Existing {
  enum class Task { kNone, kCreated, kRunning, kStopped };
  std::string id;
  bool has_container = false;   // else only other things of that name are there
  std::string definition_hash;  // label of the container
  Task task = Task::kNone;
  std::uint32_t pid = 0;
  int exit_code = 0;                              // with kStopped; 128 + n for signal n
  std::optional<StopPolicy> stop = std::nullopt;  // label of the container
};

class Supervisor {
 public:
  Supervisor(std::vector<config::ServiceDefinition> services, std::vector<Rejected> rejected);

  // Once, right before boot(): takes over what an earlier manager left. Running containers are kept
  // (with another hash: kept and marked outdated; of an unknown service: kept until stopped),
  // readiness is probed again; everything else that exists is removed. `memory` is what the earlier
  // manager remembered, empty after a reboot.
  void adopt(Millis now, const std::vector<Existing>& existing, const std::vector<Memory>& memory);
  // Wants every service up that the earlier manager did not decide about, but those that wait for
  // their schedule.
  void boot(Millis now);
  // Another configuration. What runs goes on: with another definition it is marked outdated, and
  // without one it is kept until stopped. New services are down until they are asked for.
  void reconfigure(Millis now, std::vector<config::ServiceDefinition> services,
                   std::vector<Rejected> rejected);
  // After events were lost: services whose container does not run any more have ended.
  void resync(Millis now, const std::vector<Existing>& existing);

  // Requests. Errors: no such service, one that can't start, shutting down.
  [[nodiscard]] Result<void> start(Millis now, const std::string& service);
  [[nodiscard]] Result<void> stop(Millis now, const std::string& service,
                                  std::optional<Millis> grace = {});
  [[nodiscard]] Result<void> restart(Millis now, const std::string& service,
                                     std::optional<Millis> grace = {});
  void shutdown(Millis now, Millis limit);

  // Answers to actions, and facts.
  void started(Millis now, const Id& id, std::uint32_t pid);
  void created(Millis now, const Id& id);
  void start_failed(Millis now, const Id& id, const std::string& reason);
  void exited(Millis now, const Id& id, int code);  // 128 + n for signal n
  void ready(Millis now, const Id& id);
  // Its health check has failed as often as it may: dependants wait no longer, as after the limit
  // of its readiness. It may still become ready.
  void unhealthy(Millis now, const Id& id, const std::string& reason);
  void removed(Millis now, const Id& id);
  void tick(Millis now);  // when next_deadline() has come; early or late calls do no harm

  // Outputs since the last call.
  [[nodiscard]] std::vector<Action> take_actions();
  [[nodiscard]] std::vector<Change> take_changes();

  [[nodiscard]] std::optional<Millis> next_deadline() const;
  [[nodiscard]] std::vector<Status> list() const;  // sorted by name
  [[nodiscard]] std::optional<Status> status(const std::string& service) const;
  // The configured definition; nullptr when there is none.
  [[nodiscard]] const config::ServiceDefinition* definition(const std::string& service) const;
  // It has got where it was to go, or failed on the way (more tries may follow).
  [[nodiscard]] bool settled(const std::string& service) const;
  [[nodiscard]] bool all_settled() const;
  [[nodiscard]] bool shutdown_done() const { return shutdown_done_; }
  // For the next manager: to be stored after each batch of changes.
  [[nodiscard]] std::vector<Memory> memory() const;

 private:
  enum class Verdict { kWait, kPass, kFail };

  // supervisor.cc
  [[nodiscard]] Record* current(const Id& id);
  [[nodiscard]] Result<Record*> wanted(const std::string& service, bool to_run);
  void run();
  void queue_neighbours(const std::string& service);
  void pass_limit();
  void be_late(Record& record, std::string reason);
  void deadline_passed(Record& record);

  // transitions.cc
  void propagate();
  void execute();
  void settle(Record& record);
  void settle_at_rest(Record& record);
  void settle_waiting(Record& record);
  void settle_running(Record& record);
  void begin_start(Record& record);
  void begin_running(Record& record);
  void begin_stopping(Record& record);
  void end_running(Record& record, const std::string& how, bool clean);
  void end_generation(Record& record, const std::string& how, bool failure, Millis ran);
  void leave_removing(Record& record);
  void enter(Record& record, State state, std::string reason);
  void report(const Record& record);
  void act(Record& record);
  [[nodiscard]] Verdict verdict(const Record& record) const;
  [[nodiscard]] std::string failed_need(const Record& record, Verdict& all) const;
  [[nodiscard]] bool held_by_soft(Record& record) const;
  [[nodiscard]] bool dependants_gone(const Record& record) const;
  void check_shutdown();

  // reconfigure.cc
  void define(config::ServiceDefinition definition);
  void forget_others(const std::set<std::string>& known);

  // adopt.cc
  void restore(const Memory& memory);
  void sort_out(const std::vector<Existing>& existing);
  void take_over(Record& record, const Existing& found);
  void take_over_missing(Record& record);
  void remove_leftover(const Id& id);

  std::map<std::string, Record> records_;
  Order order_;
  Millis now_{0};
  std::optional<Millis> shutdown_at_;  // the limit; set = shutting down
  bool limit_passed_ = false;
  bool shutdown_done_ = false;
  std::deque<std::string> dirty_;     // to be settled
  std::set<std::string> unexecuted_;  // changed in this run
  std::vector<Action> actions_;
  std::vector<Change> changes_;
};

}  // namespace ros::supervise
