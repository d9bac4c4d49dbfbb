#include "logd/collector.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <set>

#include "base/log.h"
#include "sys/files.h"

namespace ros::logd {
namespace {

constexpr int kPipeBytes = 1 << 20;
constexpr std::size_t kBatchBytes = std::size_t{64} << 10U;
constexpr sys::Millis kPause{20};    // between two looks at a FIFO that has little
constexpr sys::Millis kRetry{1000};  // after a failed write

[[nodiscard]] std::string now_stamp() {
  timespec time{};
  clock_gettime(CLOCK_REALTIME, &time);
  return stamp(time.tv_sec * 1000 + time.tv_nsec / 1'000'000);
}

// "docker.3.out" -> docker, kOut.
[[nodiscard]] bool parse_name(const std::string& name, std::string& service, Tag& tag) {
  if (!name.ends_with(".out") && !name.ends_with(".err")) return false;
  tag = name.ends_with(".out") ? Tag::kOut : Tag::kErr;
  const std::string id = name.substr(0, name.size() - 4);
  const auto dot = id.rfind('.');
  if (dot == std::string::npos || dot == 0) return false;
  service = id.substr(0, dot);
  return true;
}

// Newlines between two offsets; of a long stretch only the end, where the bytes still are.
[[nodiscard]] std::uint64_t count_lines(const Spool& spool, std::uint64_t from, std::uint64_t to) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 20U;
  if (to - from > kMost) from = to - kMost;
  const auto bytes = spool.read(from, to - from);
  if (!bytes) return 0;
  return static_cast<std::uint64_t>(std::ranges::count(*bytes, '\n'));
}

}  // namespace

Collector::Collector(sys::EventLoop& loop, CollectorOptions options)
    : loop_(loop), options_(std::move(options)) {}

Collector::~Collector() {
  for (auto& [name, stream] : streams_) let_go(stream);
  for (auto& [name, sink] : sinks_) loop_.cancel(sink.retry);
  if (inotify_.valid()) loop_.unwatch(inotify_.get());
}

Result<std::unique_ptr<Collector>> Collector::create(sys::EventLoop& loop,
                                                     CollectorOptions options) {
  std::unique_ptr<Collector> collector(new Collector(loop, std::move(options)));
  Collector* raw = collector.get();
  for (const auto* directory : {&raw->options_.fifos, &raw->options_.spools}) {
    if (auto made = sys::Files().make_directories(*directory, 0700); !made) {
      return std::unexpected(made.error());
    }
  }
  auto writer = Writer::create(
      loop, raw->options_.logs, raw->options_.limits, raw->options_.replace,
      [raw](const Batch& batch, const Result<void>& result) { raw->written(batch, result); });
  if (!writer) return std::unexpected(writer.error());
  raw->writer_ = std::move(*writer);
  if (auto watched = raw->watch_directory(); !watched) return std::unexpected(watched.error());
  raw->rescan();
  return collector;
}

Result<void> Collector::watch_directory() {
  inotify_.reset(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!inotify_.valid()) return fail_errno("inotify");
  constexpr std::uint32_t kEvents = IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
  if (inotify_add_watch(inotify_.get(), options_.fifos.c_str(), kEvents | IN_ONLYDIR) < 0) {
    return fail_errno("watch '" + options_.fifos + "'");
  }
  return loop_.watch(inotify_.get(), EPOLLIN, [this](std::uint32_t) {
    // Which names changed does not matter, nor whether the queue overflowed.
    std::array<char, 4096> events;
    while (read(inotify_.get(), events.data(), events.size()) > 0) continue;
    rescan();
  });
}

void Collector::rescan() {
  const auto fifos = sys::Files().list(options_.fifos);
  const auto spools = sys::Files().list(options_.spools);
  if (!fifos || !spools) {
    log(LogLevel::kError, (fifos ? spools : fifos).error().message);
    return;
  }
  // A spool without FIFO is left from a container that went while no logd ran.
  std::set<std::string> names(fifos->begin(), fifos->end());
  std::set<std::string> gone;
  for (const auto& [name, stream] : streams_) {
    struct stat status{};
    const std::string path = options_.fifos + "/" + name;
    if (stat(path.c_str(), &status) != 0 || status.st_ino != stream.inode) gone.insert(name);
  }
  names.insert(spools->begin(), spools->end());
  for (const auto& name : names) {
    if (!streams_.contains(name)) add(name);
  }
  for (const auto& name : gone) {
    Stream& stream = streams_.at(name);
    if (stream.fifo.valid()) {
      while (take(stream) > 0) drop_excess(stream);
      let_go(stream);
    }
    pump(stream.service);
    retire(name);
  }
}

void Collector::add(const std::string& name) {
  Stream stream;
  stream.name = name;
  if (!parse_name(name, stream.service, stream.tag)) return;
  // Read and write: a FIFO without writers is then no end of file, and no open ever waits.
  const std::string path = options_.fifos + "/" + name;
  stream.fifo.reset(open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW));
  struct stat status{};
  const bool is_fifo =
      stream.fifo.valid() && fstat(stream.fifo.get(), &status) == 0 && S_ISFIFO(status.st_mode);
  if (stream.fifo.valid() && !is_fifo) return;
  auto spool = Spool::open(options_.spools + "/" + name);
  if (!spool) {
    log(LogLevel::kError, spool.error().message);
    if (spool.error().code == 0) (void)sys::Files().remove(options_.spools + "/" + name);
    return;
  }
  stream.spool = std::move(*spool);
  stream.inode = status.st_ino;
  // Room for a while without logd; the kernel may grant less.
  if (is_fifo) (void)fcntl(stream.fifo.get(), F_SETPIPE_SZ, kPipeBytes);
  recover(stream);
  Stream& kept = streams_.emplace(name, std::move(stream)).first->second;
  if (kept.fifo.valid()) watch(kept);
  const std::string service = kept.service;
  pump(service);
  retire(name);
}

void Collector::recover(Stream& stream) {
  Spool& spool = *stream.spool;
  if (spool.intent()) {
    if (was_written(options_.logs, stream.service, *spool.intent())) {
      spool.set_done(spool.intent()->end);
      (void)spool.finish(spool.done());
    } else {
      // Lines after it were dropped while it was under way: it goes with them.
      if (spool.skip().to > spool.intent()->end) {
        stream.dropped = count_lines(spool, spool.done(), spool.intent()->end);
      }
      (void)spool.intend({});
    }
  }
  stream.next = spool.done();
  if (spool.skip().to > spool.done()) {
    stream.next = spool.skip().to;
    stream.dropped += spool.skip().lines;
  }
}

void Collector::watch(Stream& stream) {
  auto watched = loop_.watch(stream.fifo.get(), EPOLLIN,
                             [this, &stream](std::uint32_t) { on_readable(stream); });
  if (!watched) log(LogLevel::kError, stream.name + ": " + watched.error().message);
}

void Collector::let_go(Stream& stream) {
  if (stream.pause != 0) loop_.cancel(std::exchange(stream.pause, 0));
  if (!stream.fifo.valid()) return;
  loop_.unwatch(stream.fifo.get());
  stream.fifo.reset();
}

void Collector::on_readable(Stream& stream) {
  const std::size_t count = take(stream);
  drop_excess(stream);
  // A chatty service wakes us 50 times a second, not once a line; its FIFO has room meanwhile.
  if (count < kBatchBytes) {
    loop_.unwatch(stream.fifo.get());
    stream.pause = loop_.after(kPause, [this, &stream] {
      stream.pause = 0;
      watch(stream);
      pump(stream.service);
    });
    return;
  }
  pump(stream.service);
}

std::size_t Collector::take(Stream& stream) {
  const auto count = stream.spool->take(stream.fifo.get(), kPipeBytes);
  if (count) return *count;
  log(LogLevel::kError, stream.name + ": " + count.error().message);
  discard(stream);  // tmpfs is full: the service must not wait for that
  return 0;
}

void Collector::discard(Stream& stream) {
  std::array<char, 65'536> bytes;
  for (;;) {
    const ssize_t count = read(stream.fifo.get(), bytes.data(), bytes.size());
    if (count <= 0) return;
    stream.dropped +=
        static_cast<std::uint64_t>(std::count(bytes.data(), bytes.data() + count, '\n'));
  }
}

void Collector::drop_excess(Stream& stream) {
  const std::uint64_t share = options_.all_spool_bytes / std::max<std::size_t>(streams_.size(), 1);
  const std::uint64_t limit =
      std::max<std::uint64_t>(std::min(options_.spool_bytes, share), kBatchBytes);
  if (stream.waiting() <= limit) return;
  // A quarter of the room at once, rather than a little with every line.
  const std::uint64_t size = stream.waiting() - limit / 4 * 3;
  const auto bytes = stream.spool->read(stream.next, size);
  if (!bytes) {
    log(LogLevel::kError, stream.name + ": " + bytes.error().message);
    return;
  }
  const auto last = bytes->rfind('\n');
  const std::uint64_t length = last == std::string::npos ? bytes->size() : last + 1;
  const auto end = bytes->begin() + static_cast<std::ptrdiff_t>(length);
  const auto lines = static_cast<std::uint64_t>(std::count(bytes->begin(), end, '\n'));
  stream.next += length;
  stream.dropped += std::max<std::uint64_t>(lines, 1);
  if (auto noted = stream.spool->set_skip({stream.next, stream.dropped}); !noted) {
    log(LogLevel::kError, noted.error().message);
  }
  if (!under_way_.contains(stream.spool.get())) stream.spool->forget(stream.next);
}

// One batch at a time for each service, its streams in turn.
void Collector::pump(const std::string& service) {
  Sink& sink = sinks_[service];
  if (sink.busy || sink.retry != 0) return;
  std::vector<Stream*> candidates;
  for (auto& [name, stream] : streams_) {
    if (stream.service == service && stream.waiting() > 0) candidates.push_back(&stream);
  }
  const auto first =
      std::ranges::find_if(candidates, [&](const Stream* each) { return each->name > sink.last; });
  std::ranges::rotate(candidates, first);
  for (Stream* stream : candidates) {
    if (!send_batch(*stream)) continue;
    sink.busy = true;
    sink.last = stream->name;
    return;
  }
}

bool Collector::send_batch(Stream& stream) {
  const std::size_t size = std::min<std::uint64_t>(stream.waiting(), kBatchBytes);
  const auto raw = stream.spool->read(stream.next, size);
  if (!raw) {
    log(LogLevel::kError, stream.name + ": " + raw.error().message);
    return false;
  }
  Batch batch{stream.service, "", stream.spool.get(), 0};
  const std::string time = now_stamp();
  if (stream.dropped > 0) batch.text = dropped_note(time, stream.dropped);
  const bool final = !stream.fifo.valid() && size == stream.waiting();
  const std::size_t used = format_lines(*raw, final, stream.tag, time, 2 * kBatchBytes, batch.text);
  if (used == 0) return false;
  stream.batch_begin = stream.next;
  stream.batch_dropped = std::exchange(stream.dropped, 0);
  stream.next += used;
  batch.end = stream.next;
  under_way_[batch.spool] = stream.name;
  writer_->write(std::move(batch));
  return true;
}

// A batch that could not be written is tried again, unless lines after it were dropped meanwhile:
// then it goes with them.
void Collector::take_back(Stream& stream, const Batch& batch) {
  stream.dropped += stream.batch_dropped;
  if (stream.next == batch.end) {
    stream.next = stream.batch_begin;
    return;
  }
  stream.dropped += count_lines(*stream.spool, stream.batch_begin, batch.end);
  if (auto noted = stream.spool->set_skip({stream.next, stream.dropped}); !noted) {
    log(LogLevel::kError, noted.error().message);
  }
}

void Collector::written(const Batch& batch, const Result<void>& result) {
  const auto entry = under_way_.extract(batch.spool);
  Stream& stream = streams_.at(entry.mapped());
  Sink& sink = sinks_[batch.service];
  sink.busy = false;
  const std::string before = std::exchange(sink.problem, result ? "" : result.error().message);
  if (result) {
    if (!before.empty())
      log(LogLevel::kNotice, "the log of " + batch.service + " is written again");
    stream.spool->set_done(batch.end);
    stream.spool->forget(stream.next);
  } else {
    if (sink.problem != before) log(LogLevel::kWarning, sink.problem + ": kept in memory");
    take_back(stream, batch);
    sink.retry = loop_.after(kRetry, [this, service = batch.service] {
      sinks_[service].retry = 0;
      pump(service);
    });
  }
  const std::string name = stream.name;
  pump(batch.service);
  retire(name);
}

// Forgets a stream whose FIFO is gone and whose lines are all written.
void Collector::retire(const std::string& name) {
  const auto found = streams_.find(name);
  if (found == streams_.end() || found->second.fifo.valid()) return;
  const Stream& stream = found->second;
  if (stream.waiting() > 0 || under_way_.contains(stream.spool.get())) return;
  if (auto removed = sys::Files().remove(options_.spools + "/" + name); !removed) {
    log(LogLevel::kWarning, removed.error().message);
  }
  streams_.erase(found);
  // The name may have been taken again meanwhile.
  if (sys::Files().exists(options_.fifos + "/" + name)) {
    loop_.post([this] { rescan(); });
  }
}

void Collector::finish() {
  for (auto& [name, stream] : streams_) {
    if (!stream.fifo.valid()) continue;
    while (take(stream) > 0) drop_excess(stream);
  }
  for (auto& [service, sink] : sinks_) pump(service);
}

bool Collector::idle() const {
  return under_way_.empty();
}

}  // namespace ros::logd
