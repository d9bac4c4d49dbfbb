// Reading a log while logd, or rsyslog, writes and rotates it: FILE, FILE.1 (newer) .. FILE.N.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "sys/fd.h"

namespace ros::logd {

inline constexpr char kLogDirectory[] = "/var/log/services";

class LogReader {
 public:
  // An error when the service has no log, unless `follow`: then it may come later.
  [[nodiscard]] static Result<LogReader> open(const std::string& service, bool follow,
                                              const std::string& directory = kLogDirectory);
  // The same for the file at `path`.
  [[nodiscard]] static Result<LogReader> open_file(const std::string& path, bool follow);

  // The last `count` lines, oldest first, across rotated files; more() goes on behind them.
  [[nodiscard]] Result<std::vector<std::string>> last(std::size_t count);
  // Whole lines written since, also when files were rotated meanwhile.
  [[nodiscard]] Result<std::vector<std::string>> more();

  // With `follow`: readable (poll(2), EventLoop) when more() may have something; -1 without.
  [[nodiscard]] int fd() const { return inotify_.get(); }

 private:
  struct File {
    sys::UniqueFd fd;
    std::uint64_t inode = 0;
  };
  explicit LogReader(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] Result<void> watch();
  [[nodiscard]] File open_index(int index) const;
  [[nodiscard]] Result<void> read_rest(std::vector<std::string>& lines);

  std::string path_;
  sys::UniqueFd inotify_;
  File file_;                   // the one being read
  std::uint64_t position_ = 0;  // in it
};

// The last `count` lines of `text`, which ends with a newline or is empty.
[[nodiscard]] std::vector<std::string> last_lines(const std::string& text, std::size_t count);

}  // namespace ros::logd
