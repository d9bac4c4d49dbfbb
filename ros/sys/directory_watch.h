// DirectoryWatch: wakes up when a file of one directory was written, renamed into place or removed
// (inotify(7)). What changed is not told: the reader looks at the directory again.
#pragma once

#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace ros::sys {

class DirectoryWatch {
 public:
  // The directory must exist, and be on this machine's own file systems.
  [[nodiscard]] static Result<DirectoryWatch> open(const std::string& path);
  [[nodiscard]] int fd() const { return fd_.get(); }  // watch for EPOLLIN
  void drain() const;

 private:
  explicit DirectoryWatch(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace ros::sys
