// Kernel uevents: "a device appeared, changed, went" (Documentation/core-api/kobject.rst).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "sys/fd.h"

namespace ros::sys {

struct Uevent {
  std::string action;                                      // "add", "remove", "change", "bind", ...
  std::string devpath;                                     // below /sys
  std::map<std::string, std::string, std::less<>> values;  // SUBSYSTEM, DEVNAME, MODALIAS, ...

  [[nodiscard]] std::string value(std::string_view name) const;  // "" when missing
};

// One datagram of the kernel; nothing when it is not one (udevd's own start with "libudev").
[[nodiscard]] std::optional<Uevent> parse_uevent(std::string_view datagram);

// Receives every uevent from its creation on. Watch fd() for EPOLLIN.
class UeventSocket {
 public:
  [[nodiscard]] static Result<UeventSocket> open();
  [[nodiscard]] int fd() const { return fd_.get(); }

  // The next event, nothing when none waits. ENOBUFS: some were lost, look at the whole again.
  [[nodiscard]] Result<std::optional<Uevent>> next();

 private:
  explicit UeventSocket(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace ros::sys
