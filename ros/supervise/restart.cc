#include "supervise/restart.h"

#include <algorithm>

namespace ros::supervise {

std::optional<Millis> Restarts::after_end(const config::RestartPolicy& policy, bool failure,
                                          Millis ran) {
  if (ran >= kStableRun) count_ = 0;
  switch (policy.kind) {
    case config::RestartKind::kNo:
      return std::nullopt;
    case config::RestartKind::kOnFailure:
      if (!failure || (policy.tries > 0 && count_ >= policy.tries)) return std::nullopt;
      break;
    case config::RestartKind::kAlways:
      break;
  }
  constexpr int kDoublings = 9;  // 100 ms << 9 is beyond the longest delay
  const Millis delay = kFirstDelay * (1 << std::min(count_, kDoublings));
  ++count_;
  return std::min(delay, kLongestDelay);
}

}  // namespace ros::supervise
