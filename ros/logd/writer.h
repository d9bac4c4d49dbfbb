// Writer: the thread that writes log files, so that a slow disk holds up nothing else.
//
// At most one batch of a service is under way at a time; the owner sees to that, and to memory.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "logd/log_file.h"
#include "sys/event_loop.h"
#include "sys/fd.h"

namespace ros::logd {

// Puts something that can be written to over the directory of the logs; in the writer's thread.
using Replace = std::function<Result<void>(const std::string& directory)>;

class Writer {
 public:
  using Done = std::function<void(const Batch&, Result<void>)>;

  // `done` runs in the loop after each batch. The spool of a batch must live until then. `replace`
  // is called, until it has worked once, when a write fails for another reason than a full disk.
  [[nodiscard]] static Result<std::unique_ptr<Writer>> create(sys::EventLoop& loop,
                                                              std::string directory,
                                                              const LogLimits& limits,
                                                              Replace replace, Done done);
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();  // waits for the batch being written; those still queued stay in their spools

  void write(Batch batch);

 private:
  Writer(sys::EventLoop& loop, std::string directory, const LogLimits& limits, Replace replace,
         Done done);
  void work();
  [[nodiscard]] Result<void> write_one(const Batch& batch);
  [[nodiscard]] bool replaced(const Error& error);
  void collect();

  sys::EventLoop& loop_;
  const std::string directory_;
  const LogLimits limits_;
  const Done done_;
  sys::UniqueFd to_thread_, to_loop_;     // eventfd(2), counting
  std::map<std::string, LogFile> files_;  // the thread's own
  Replace replace_;                       // the thread's own; empty when it has worked
  std::mutex mutex_;                      // guards the rest
  std::deque<Batch> queue_;
  std::deque<std::pair<Batch, Result<void>>> finished_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace ros::logd
