// LogFile: SERVICE.log and its rotated predecessors SERVICE.log.1 (newest) .. .log.N. Everything
// here may block on the disk; it belongs to the Writer's thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "logd/spool.h"
#include "sys/fd.h"

namespace ros::logd {

struct LogLimits {
  std::uint64_t file_bytes = std::uint64_t{1} << 20U;
  int files = 4;                                         // the present one included
  std::uint64_t total_bytes = std::uint64_t{64} << 20U;  // of all services together
};

// What to write, and which part of which spool it stands for.
struct Batch {
  std::string service;
  std::string text;  // whole lines
  Spool* spool = nullptr;
  std::uint64_t end = 0;  // offset in the spool after the lines
};

class LogFile {
 public:
  LogFile(std::string directory, const std::string& service, const LogLimits& limits);

  // All of the batch or, with an error, nothing of it. Makes the directory, rotates, and opens anew
  // a file that was removed or hidden by a mount.
  [[nodiscard]] Result<void> append(const Batch& batch);

 private:
  [[nodiscard]] Result<std::uint64_t> open_file();
  [[nodiscard]] Result<void> rotate();

  std::string directory_;
  std::string path_;
  LogLimits limits_;
  sys::UniqueFd fd_;
  std::uint64_t inode_ = 0;
};

// Whether the write that the spool's open intent announces happened; when it was cut short, its
// beginning is taken out of the file.
[[nodiscard]] bool was_written(const std::string& directory, const std::string& service,
                               const Intent& intent);

// Path of file number `index`, 0 being the present one.
[[nodiscard]] std::string log_path(const std::string& directory, const std::string& service,
                                   int index);

// Removes the oldest rotated files until at most `total_bytes` are left in the directory.
void enforce_total(const std::string& directory, std::uint64_t total_bytes);

}  // namespace ros::logd
