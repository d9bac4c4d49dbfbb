#include "sys/console.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/text.h"
#include "sys/fd.h"

namespace ros::sys {

std::vector<std::string> console_paths(const Files& files) {
  std::vector<std::string> paths;
  for (const auto& name : split_words(files.read("/sys/class/tty/console/active").value_or("")))
    paths.push_back("/dev/" + name);
  if (paths.empty()) paths.emplace_back("/dev/console");
  return paths;
}

void write_consoles(const Files& files, std::string_view text) {
  for (const auto& path : console_paths(files)) {
    const UniqueFd fd(open(files.real(path).c_str(), O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
    if (fd.valid()) [[maybe_unused]]
      const ssize_t written = write(fd.get(), text.data(), text.size());
  }
}

}  // namespace ros::sys
