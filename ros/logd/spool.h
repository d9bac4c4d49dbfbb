// Spool: what logd has taken from one FIFO and not yet brought into a log file; a file on tmpfs, so
// that a killed logd loses nothing and repeats nothing.
//
// splice(2) moves bytes from the FIFO to the end of the file in one step that a signal can't cut in
// two, so the size of the file always tells how much was taken. Offsets count from the first byte
// ever taken; what is done with is punched out, so the file stays as small as its contents.
//
// The first page holds the progress. Before lines go to the log file the spool notes where in that
// file they will end up (Intent), afterwards that they are done. A logd that starts with an open
// intent sees from the size of the log file whether the write happened.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace ros::logd {

struct Intent {
  std::uint64_t end = 0;         // everything before this offset will be done
  std::uint64_t log_inode = 0;   // the log file
  std::uint64_t log_offset = 0;  // its size before the write
  std::uint64_t log_bytes = 0;   // to be written
};

struct Skip {
  std::uint64_t to = 0;  // everything before this offset was dropped, when it is not done
  std::uint64_t lines = 0;
};

class Spool {
 public:
  [[nodiscard]] static Result<std::unique_ptr<Spool>> open(const std::string& path);

  // Moves up to `limit` bytes from `fifo`; 0 when it is empty.
  [[nodiscard]] Result<std::size_t> take(int fifo, std::size_t limit);
  [[nodiscard]] std::uint64_t taken() const { return taken_; }
  [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t size) const;

  [[nodiscard]] std::uint64_t done() const { return done_; }
  [[nodiscard]] const std::optional<Intent>& intent() const { return intent_; }  // an open one
  [[nodiscard]] const Skip& skip() const { return skip_; }

  // For the thread that writes the log file; intend() and finish() of one spool alternate.
  [[nodiscard]] Result<void> intend(const Intent& intent) const;
  [[nodiscard]] Result<void> finish(std::uint64_t done) const;

  // For the thread that takes. set_done() only repeats here what finish() has stored.
  void set_done(std::uint64_t done) { done_ = done; }
  [[nodiscard]] Result<void> set_skip(const Skip& skip);
  // Gives back the memory of everything before `offset`.
  void forget(std::uint64_t offset);

 private:
  explicit Spool(sys::UniqueFd fd) : fd_(std::move(fd)) {}
  [[nodiscard]] Result<void> load();

  sys::UniqueFd fd_;
  std::uint64_t taken_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t forgotten_ = 0;
  std::optional<Intent> intent_;
  Skip skip_;
};

}  // namespace ros::logd
