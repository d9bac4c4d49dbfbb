// What the supervisor asks for, what it reports, and the names of generations.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "config/service.h"

namespace ros::supervise {

using Millis = std::chrono::milliseconds;  // points in time: the event loop's clock
using Generation = std::uint64_t;          // counts from 1, never used twice

// Container id "<service>.<generation>".
struct Id {
  std::string service;
  Generation generation = 0;

  [[nodiscard]] std::string text() const;
  // Nothing when `text` was not made by text().
  [[nodiscard]] static std::optional<Id> parse(std::string_view text);
  friend auto operator<=>(const Id&, const Id&) = default;
};

// How the processes of one generation are asked to end: as its own definition says, whatever the
// configuration has become meanwhile.
struct StopPolicy {
  std::string signal;
  Millis grace;

  explicit StopPolicy(const config::ServiceDefinition& service = {})
      : signal(service.stop_signal), grace(service.stop_grace) {}
  [[nodiscard]] std::string text() const;  // "SIGTERM 10000"
  // Nothing when `text` was not made by text().
  [[nodiscard]] static std::optional<StopPolicy> parse(std::string_view text);
};

// Make the container and, unless `create_only`, start its task. Answer: Supervisor::started,
// created or start_failed.
struct Start {
  Id id;
  bool create_only = false;
};
// Give up a Start in flight as soon as possible; its answer is still due.
struct CancelStart {
  Id id;
};
// Signal the init process. Answer: exited, when it ends. The supervisor keeps the time limit.
struct Stop {
  Id id;
  std::string signal;  // "SIGTERM"
  bool again = false;  // it is to start anew afterwards
};
// SIGKILL to every process of the task. Answer: exited.
struct Kill {
  Id id;
};
// Make everything of this id disappear: kill what runs, delete task, container and FIFOs; what is
// missing already is fine. Answer: removed, once it is gone: keep trying while the runtime does not
// answer, or two generations could run side by side.
struct Remove {
  Id id;
};
// Watch for readiness until it is reached or EndProbe comes. Answer: ready.
struct ProbeReady {
  Id id;
  config::Readiness ready;
};
struct EndProbe {
  Id id;
};
using Action = std::variant<Start, CancelStart, Stop, Kill, Remove, ProbeReady, EndProbe>;

// "start console.3", for logs and tests.
[[nodiscard]] std::string describe(const Action& action);
[[nodiscard]] const Id& id_of(const Action& action);

enum class Desired { kDown, kUp };

enum class State {
  kDown,        // nothing there, nothing wanted
  kWaiting,     // wanted, held back by its dependencies
  kStarting,    // Start is out
  kUnready,     // running, readiness not reached
  kReady,       // running and ready
  kStopping,    // Stop or Kill is out
  kRemoving,    // ended, Remove is out
  kRestarting,  // ended without order, starts again when the delay is over
  kDone,        // ran to its end as meant, or was only to be created and is
  kFailed,      // gave up, or can't start; a request or a recovered dependency tries again
};

// One word for people: "down", "waiting", "starting", "running" (kUnready and kReady), ...
[[nodiscard]] std::string_view word(State state);

struct Status {
  std::string service;
  State state = State::kDown;
  Desired desired = Desired::kDown;
  std::string reason;  // why it is where it is; "" when there is nothing to say
  Generation generation = 0;
  std::uint32_t pid = 0;           // 0 when nothing runs
  std::optional<Millis> start_at;  // when Start went out for the current or last generation
  std::optional<Millis> ready_at;
  int restarts = 0;       // automatic ones since it was last asked for
  bool failed = false;    // kFailed or kRestarting, or running but not ready within its limit
  bool outdated = false;  // runs with another definition than the configured one

  friend bool operator==(const Status&, const Status&) = default;
};

// A service reached another state or has another reason.
struct Change {
  Millis at{0};
  Status status;
};

}  // namespace ros::supervise
