// Collector: empties the FIFOs into their spools at once, and hands lines to the Writer as fast as
// the disk takes them.
//
// A FIFO is never left to fill up, so no service ever waits for logd: when a spool is full because
// the disk is slow, full or not there yet, its oldest lines are dropped, counted, and replaced by
// one note in the log. All spools together stay below a limit.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "logd/format.h"
#include "logd/spool.h"
#include "logd/writer.h"
#include "sys/event_loop.h"
#include "sys/fd.h"

namespace ros::logd {

struct CollectorOptions {
  std::string fifos = "/run/ros/logs";
  std::string spools = "/run/ros/logs/spool";
  std::string logs = "/var/log/services";
  Replace replace;  // what becomes of that directory when it can't be written to
  LogLimits limits;
  std::uint64_t spool_bytes = std::uint64_t{1} << 20U;       // of one FIFO
  std::uint64_t all_spool_bytes = std::uint64_t{16} << 20U;  // of all FIFOs
};

class Collector {
 public:
  // `loop` must outlive the collector.
  [[nodiscard]] static Result<std::unique_ptr<Collector>> create(sys::EventLoop& loop,
                                                                 CollectorOptions options);
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;
  ~Collector();

  // Takes what the FIFOs hold and ends the waiting for more. idle() tells when the disk has all.
  void finish();
  [[nodiscard]] bool idle() const;

  // As if the directory of FIFOs had changed.
  void rescan();

 private:
  struct Stream {
    std::string name;  // file name of the FIFO
    std::string service;
    Tag tag = Tag::kOut;
    sys::UniqueFd fifo;  // invalid: the FIFO is gone, its spool is not
    std::uint64_t inode = 0;
    std::unique_ptr<Spool> spool;
    std::uint64_t next = 0;         // where the next batch begins
    std::uint64_t dropped = 0;      // lines, right before `next`
    std::uint64_t batch_begin = 0;  // `next` and `dropped` before the batch under way
    std::uint64_t batch_dropped = 0;
    sys::TimerId pause = 0;
    [[nodiscard]] std::uint64_t waiting() const { return spool->taken() - next; }
  };
  struct Sink {
    bool busy = false;       // a batch is under way
    sys::TimerId retry = 0;  // after a failed write
    std::string problem;     // of the last write; told once
    std::string last;        // stream that wrote last: the others come first
  };

  Collector(sys::EventLoop& loop, CollectorOptions options);
  [[nodiscard]] Result<void> watch_directory();
  void add(const std::string& name);
  void recover(Stream& stream);
  void on_readable(Stream& stream);
  [[nodiscard]] std::size_t take(Stream& stream);
  void discard(Stream& stream);
  void watch(Stream& stream);
  void let_go(Stream& stream);
  void drop_excess(Stream& stream);
  void pump(const std::string& service);
  [[nodiscard]] bool send_batch(Stream& stream);
  void take_back(Stream& stream, const Batch& batch);
  void written(const Batch& batch, const Result<void>& result);
  void retire(const std::string& name);

  sys::EventLoop& loop_;
  CollectorOptions options_;
  sys::UniqueFd inotify_;
  std::map<std::string, Stream> streams_;  // by file name
  std::map<std::string, Sink> sinks_;      // by service
  std::map<const Spool*, std::string> under_way_;
  std::unique_ptr<Writer> writer_;  // ends first: its batches refer to spools
};

}  // namespace ros::logd
