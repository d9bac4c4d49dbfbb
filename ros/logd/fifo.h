// The FIFOs between a container's shim and logd. The manager makes a pair before it creates the
// task and removes it with the container; logd watches the directory, there is no handshake.
#pragma once

#include <string>

#include "base/result.h"
#include "sys/fd.h"
#include "sys/files.h"

namespace ros::logd {

inline constexpr char kFifoDirectory[] = "/run/ros/logs";

// `keep_*` hold the FIFOs open. While the manager keeps them, output written by a container that
// ends during a restart of logd is not lost; without them it only survives as long as the shim.
struct FifoPair {
  std::string out, err;  // as the kernel sees them, for the shim
  sys::UniqueFd keep_out, keep_err;

  // logd has read everything that was written.
  [[nodiscard]] bool drained() const;
};

// Makes /run/ros/logs/ID.out and ID.err, or opens those that exist.
[[nodiscard]] Result<FifoPair> make_fifos(const sys::Files& files, const std::string& id);

// logd reads what is left in them and forgets them. Trouble is only logged.
void remove_fifos(const sys::Files& files, const std::string& id);

}  // namespace ros::logd
