#include "pid1/console.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"

namespace ros::pid1 {

void open_console() {
  int fd = open("/dev/console", O_RDWR | O_NOCTTY);
  if (fd < 0) fd = open("/dev/null", O_RDWR);
  if (fd < 0) return;
  for (int standard = 0; standard < 3; ++standard)
    if (fd != standard) dup2(fd, standard);
  if (fd > 2) close(fd);
}

void log_to_kernel(bool debug) {
  const int fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
  if (fd < 0) return;
  set_log_sink({.fd = fd,
                .kmsg = true,
                .name = "pid1",
                .threshold = debug ? LogLevel::kDebug : LogLevel::kInfo});
}

}  // namespace ros::pid1
