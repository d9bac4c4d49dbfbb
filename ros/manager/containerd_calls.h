// What the manager's calls to containerd have in common.
#pragma once

#include <cerrno>

#include "base/result.h"
#include "sys/event_loop.h"

namespace ros::manager {

inline constexpr sys::Millis kCallLimit{30'000};  // of one call: slow machines start shims slowly
inline constexpr sys::Millis kKillLimit{10'000};
inline constexpr sys::Millis kAwayDelay{200};  // between tries while containerd is away

// containerd doesn't know what was asked for.
[[nodiscard]] inline bool is_missing(const Error& error) {
  return error.code == ENOENT;
}

// It is not there, or went during the call; what was asked for may have been done.
[[nodiscard]] inline bool is_away(const Error& error) {
  return error.code == ECONNREFUSED || error.code == ECANCELED;
}

}  // namespace ros::manager
