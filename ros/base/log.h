// One log line format for every part: "<name>: <message>", with the kernel's priority prefix when
// the sink is /dev/kmsg. The sink is a file descriptor the program owns; default is standard error.
#pragma once

#include <string_view>

namespace ros {

enum class LogLevel { kError = 3, kWarning = 4, kNotice = 5, kInfo = 6, kDebug = 7 };

// Where lines go and what stands in front of them. `kmsg` adds "<priority>" and keeps each line
// under the 1024-byte record limit of /dev/kmsg. Not thread-safe: call once at start.
struct LogSink {
  int fd = 2;
  bool kmsg = false;
  std::string_view name = "ros";         // must outlive the program
  LogLevel threshold = LogLevel::kInfo;  // lines less urgent than this are dropped
};
void set_log_sink(const LogSink& sink);

// Writes one line with a single write(2); never fails, never allocates, cuts at 1000 bytes.
void log(LogLevel level, std::string_view message) noexcept;

}  // namespace ros
