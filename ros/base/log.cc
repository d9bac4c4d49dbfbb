#include "base/log.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>

namespace ros {
namespace {

constexpr std::size_t kLineLimit = 1000;
constinit LogSink g_sink;

}  // namespace

void set_log_sink(const LogSink& sink) {
  g_sink = sink;
}

void log(LogLevel level, std::string_view message) noexcept {
  if (level > g_sink.threshold) return;
  std::array<char, kLineLimit + 2> line;
  const int prefix =
      g_sink.kmsg
          ? std::snprintf(line.data(), kLineLimit, "<%d>%.*s: ", static_cast<int>(level),
                          static_cast<int>(g_sink.name.size()), g_sink.name.data())
          : std::snprintf(line.data(), kLineLimit, "%.*s: ", static_cast<int>(g_sink.name.size()),
                          g_sink.name.data());
  auto used = static_cast<std::size_t>(std::max(prefix, 0));
  const std::size_t room = std::min(message.size(), kLineLimit - used);
  std::transform(message.begin(), message.begin() + static_cast<std::ptrdiff_t>(room),
                 line.begin() + static_cast<std::ptrdiff_t>(used),
                 [](char c) { return c == '\n' ? ' ' : c; });
  used += room;
  line[used++] = '\n';
  // Nothing can be done about a log that can't be written.
  [[maybe_unused]] const ssize_t written = write(g_sink.fd, line.data(), used);
}

}  // namespace ros
