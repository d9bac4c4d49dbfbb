// The little of Docker's HTTP API that the manager needs. Blocks: for background work.
#pragma once

#include <string>

#include "base/result.h"
#include "sys/event_loop.h"

namespace ros::manager {

inline constexpr char kDockerSocket[] = "/run/docker.sock";

// Body of GET `target`. Errors: nobody listens, no whole answer within `limit`, another status
// than 200.
[[nodiscard]] Result<std::string> docker_get(const std::string& socket, const std::string& target,
                                             sys::Millis limit);

// Waits until `GET /info` says that live-restore is `on`.
[[nodiscard]] Result<void> wait_for_live_restore(const std::string& socket, bool on,
                                                 sys::Millis limit);

}  // namespace ros::manager
