#include "sys/directory_watch.h"

#include <sys/inotify.h>

#include <array>

namespace ros::sys {

Result<DirectoryWatch> DirectoryWatch::open(const std::string& path) {
  UniqueFd fd(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  constexpr std::uint32_t kMask = IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_ONLYDIR;
  if (!fd.valid() || inotify_add_watch(fd.get(), path.c_str(), kMask) < 0)
    return fail_errno("watch '" + path + "'");
  return DirectoryWatch(std::move(fd));
}

void DirectoryWatch::drain() const {
  std::array<char, 4096> buffer{};
  while (read(fd_.get(), buffer.data(), buffer.size()) > 0) {
  }
}

}  // namespace ros::sys
