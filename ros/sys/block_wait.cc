#include "sys/block_wait.h"

#include <poll.h>

#include <algorithm>

#include "sys/block.h"
#include "sys/uevent.h"

namespace ros::sys {
namespace {

Millis monotonic_now() {
  return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now().time_since_epoch());
}

// Reads all waiting events; tells whether a block device came or changed.
bool block_event(UeventSocket& events) {
  bool seen = false;
  for (;;) {
    const auto event = events.next();
    if (!event) return true;  // some were lost: look again
    if (!*event) return seen;
    seen = seen || (*event)->value("SUBSYSTEM") == "block";
  }
}

}  // namespace

Result<std::optional<std::string>> wait_for_block_device(const Files& files,
                                                         const std::string& spec,
                                                         const BlockWait& wait) {
  if (!is_device_spec(spec))
    return fail("'" + spec + "': expected /dev/NAME, LABEL=, UUID=, PARTLABEL= or PARTUUID=");
  // Listening begins before the first look, so nothing that appears in between is missed.
  auto events = UeventSocket::open();
  if (!events) return std::unexpected(events.error());
  const Millis deadline = monotonic_now() + wait.limit;
  auto found = find_block_device(files, spec);
  while (!found) {
    Millis left = deadline - monotonic_now();
    if (wait.quiet.count() > 0) left = std::min(left, wait.quiet);
    pollfd ready{events->fd(), POLLIN, 0};
    if (left.count() <= 0 || poll(&ready, 1, static_cast<int>(left.count())) == 0) break;
    if (block_event(*events)) found = find_block_device(files, spec);
  }
  return found;
}

}  // namespace ros::sys
