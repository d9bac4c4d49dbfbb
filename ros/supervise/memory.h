// What one manager leaves to the next (it may be killed at any time): decisions that the runtime
// does not know, such as "stopped by request" or "this one-shot has done its work". Kept on tmpfs,
// so that a reboot forgets it. Where it disagrees with the containers that exist, those are right.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "supervise/action.h"

namespace ros::supervise {

struct Memory {
  std::string service;
  Desired desired = Desired::kDown;
  State state = State::kDown;
  std::string reason;
  Generation generation = 0;  // the present one, or the last
  Generation highest = 0;     // of all that were ever used
  int restarts = 0;
  bool blocked = false;
  std::optional<Millis> start_at;
  std::optional<Millis> ready_at;

  friend bool operator==(const Memory&, const Memory&) = default;
};

[[nodiscard]] std::string encode_memory(const std::vector<Memory>& memory);
// An error when `text` is not what encode_memory() of this version makes.
[[nodiscard]] Result<std::vector<Memory>> decode_memory(const std::string& text);

}  // namespace ros::supervise
