// What the Supervisor knows about one service. Internal to the room.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "config/service.h"
#include "supervise/action.h"
#include "supervise/restart.h"

namespace ros::supervise {

struct Record {
  std::string name;
  config::ServiceDefinition definition;  // only the name, for rejected and unknown services
  std::string hash;                      // of `definition`
  std::string refused;                   // why it can't be started; "" = it can
  std::string running_hash;              // of the present generation's definition
  StopPolicy stop;                       // of the same

  Desired desired = Desired::kDown;
  State state = State::kDown;
  State acted = State::kDown;  // the last state that execute has turned into an action
  std::string reason;
  std::string failure;  // cause of the last failed try

  Generation generation = 0;       // the present one, or the last
  Generation highest = 0;          // of all that were ever seen
  std::set<Generation> leftovers;  // of an earlier manager, being removed; a start waits
  bool has_container = false;      // the generation exists: from Start to removed
  std::uint32_t pid = 0;
  std::optional<int> early_exit;  // ended before the answer to Start came
  bool outdated = false;

  bool remembered = false;  // adopt() had a memory of it: boot() leaves it alone
  bool insisted = false;    // asked for by a person: failed dependencies don't hold it back
  bool again = false;       // to be started anew once the present generation is gone
  bool blocked = false;     // kFailed because of a dependency
  bool late = false;        // kUnready: limit passed; kStopping: survived SIGKILL
  bool probing = false;     // ProbeReady is out
  bool cancelled = false;   // CancelStart is out
  bool kill = false;        // Kill is to go out
  int kills = 0;            // sent to this generation

  State next = State::kDown;       // where kRemoving leads, while it is wanted
  Millis delay{0};                 // with next == kRestarting
  std::optional<Millis> grace;     // of the present stop request
  std::optional<Millis> deadline;  // of the present state
  Millis waiting_since{0};
  Millis running_since{0};
  std::optional<Millis> start_at;
  std::optional<Millis> ready_at;
  Restarts restarts;

  [[nodiscard]] Id id() const { return {name, generation}; }
  [[nodiscard]] bool one_shot() const { return !definition.detach; }
  [[nodiscard]] bool runs() const { return state == State::kUnready || state == State::kReady; }
  [[nodiscard]] bool may_run() const {
    return runs() || state == State::kStarting || state == State::kStopping;
  }
  [[nodiscard]] bool at_rest() const {
    return state == State::kDown || state == State::kDone || state == State::kFailed;
  }
};

inline constexpr char kOutdated[] = "definition changed: restart to apply";
inline constexpr char kUnknown[] = "no longer in the configuration";

// "100 ms", "3 s", "1.6 s".
[[nodiscard]] std::string duration_text(Millis duration);

// "exited with status 1", "ended by signal 9 (Killed)".
[[nodiscard]] std::string exit_text(int code);

[[nodiscard]] Status status_of(const Record& record);

}  // namespace ros::supervise
