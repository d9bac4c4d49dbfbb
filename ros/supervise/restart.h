// Restart policy with back-off: decides after each end of a service whether and when it starts
// again. Pure; knows nothing of states.
//
// The first restart comes after 100 ms, each further one after twice the delay, up to 30 s. A run
// of 60 s wipes the slate: delay and count begin anew. on-failure:N gives up after N restarts.
#pragma once

#include <optional>

#include "config/service.h"
#include "supervise/action.h"

namespace ros::supervise {

inline constexpr Millis kFirstDelay{100};
inline constexpr Millis kLongestDelay{30'000};
inline constexpr Millis kStableRun{60'000};

class Restarts {
 public:
  // The delay before the next start, or nothing: stay down. `failure` is false for an exit with
  // status 0; `ran` is how long it was running, zero when it did not start.
  [[nodiscard]] std::optional<Millis> after_end(const config::RestartPolicy& policy, bool failure,
                                                Millis ran);
  // Somebody asked for the service: everything is forgiven.
  void reset() { count_ = 0; }

  // Restarts since the last stable run; with `count` taken from an earlier manager.
  [[nodiscard]] int count() const { return count_; }
  void restore(int count) { count_ = count > 0 ? count : 0; }

 private:
  int count_ = 0;
};

}  // namespace ros::supervise
