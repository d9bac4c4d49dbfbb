// How long a child that keeps ending has to wait for its next start. Pure.
#pragma once

#include "sys/event_loop.h"

namespace ros::sys {

inline constexpr Millis kHealthyRun{10'000};  // a child that ran this long starts anew at once
inline constexpr Millis kLongestDelay{10'000};

// `quick_ends`: how many times in a row the child ended before kHealthyRun, this time included.
// 0, then at once once more, then 200 ms, 400 ms, ... up to kLongestDelay.
[[nodiscard]] constexpr Millis restart_delay(int quick_ends) {
  if (quick_ends <= 1) return Millis(0);
  constexpr Millis kFirst{200};
  const int doublings = quick_ends - 2;
  return doublings >= 6 ? kLongestDelay : kFirst * (1 << doublings);
}

}  // namespace ros::sys
