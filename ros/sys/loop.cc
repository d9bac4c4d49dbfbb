#include "sys/loop.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>

namespace ros::sys {

Result<LoopDevice> attach_loop(const std::string& file) {
  const std::string what = "loop device for '" + file + "'";
  const UniqueFd backing(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!backing.valid()) return fail_errno(what);
  const UniqueFd control(open("/dev/loop-control", O_RDWR | O_CLOEXEC));
  if (!control.valid()) return fail_errno(what + ": '/dev/loop-control'");
  loop_config config{};
  config.fd = static_cast<unsigned>(backing.get());
  config.info.lo_flags = LO_FLAGS_READ_ONLY | LO_FLAGS_AUTOCLEAR;
  // Another process may take the free device between the two calls.
  for (int tries = 0; tries < 16; ++tries) {
    const int number = ioctl(control.get(), LOOP_CTL_GET_FREE);
    if (number < 0) return fail_errno(what);
    LoopDevice device{"/dev/loop" + std::to_string(number), UniqueFd()};
    device.fd.reset(open(device.path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!device.fd.valid()) return fail_errno(what + ": '" + device.path + "'");
    if (ioctl(device.fd.get(), LOOP_CONFIGURE, &config) == 0) return device;
    if (errno != EBUSY) return fail_errno(what);
  }
  return fail_errno(what, EBUSY);
}

}  // namespace ros::sys
