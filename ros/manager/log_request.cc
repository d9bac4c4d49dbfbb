#include "manager/log_request.h"

#include <sys/epoll.h>

#include <algorithm>

#include "logd/merge.h"

namespace ros::manager {
namespace {

constexpr const char* kSystemLogs[] = {"/var/log/messages", "/var/log/secure"};
constexpr std::int64_t kMostLines = 100'000;
constexpr std::size_t kLinesInPart = 500;  // a frame holds 1 MiB, a line at most 16 KiB

// Sends the lines in parts; false when the client has gone.
bool send_parts(control::Reply& reply, const std::vector<std::string>& lines) {
  control::LogLines part;
  std::size_t bytes = 0;
  constexpr std::size_t kBytesInPart = std::size_t{256} << 10U;
  const auto flush = [&] {
    const bool there = reply.part(part) != control::Reply::Progress::kGone;
    part.lines.clear();
    bytes = 0;
    return there;
  };
  for (const auto& line : lines) {
    part.lines.push_back(line);
    bytes += line.size();
    const bool full = part.lines.size() == kLinesInPart || bytes >= kBytesInPart;
    if (full && !flush()) return false;
  }
  return part.lines.empty() || flush();
}

// The logs of one request, in step.
class Logs {
 public:
  void add(logd::LogReader reader, std::string prefix) {
    readers_.push_back(std::move(reader));
    prefixes_.push_back(std::move(prefix));
  }

  [[nodiscard]] const std::vector<logd::LogReader>& readers() const { return readers_; }

  [[nodiscard]] Result<std::vector<std::string>> last(std::size_t count) {
    return merged(count, [count](logd::LogReader& reader) { return reader.last(count); });
  }
  [[nodiscard]] Result<std::vector<std::string>> more() {
    return merged(SIZE_MAX, [](logd::LogReader& reader) { return reader.more(); });
  }

 private:
  template <class Read>
  [[nodiscard]] Result<std::vector<std::string>> merged(std::size_t count, Read read) {
    std::vector<std::vector<std::string>> lists;
    for (auto& reader : readers_) {
      auto lines = read(reader);
      if (!lines) return std::unexpected(lines.error());
      lists.push_back(std::move(*lines));
    }
    return logd::merge_by_time(lists, prefixes_, count);
  }

  std::vector<logd::LogReader> readers_;
  std::vector<std::string> prefixes_;
};

// Follows logs for one client; lives as long as the reply's callback, the watches or the reading
// hold it.
class Follower : public std::enable_shared_from_this<Follower> {
 public:
  Follower(sys::EventLoop& loop, sys::Background& background, Logs logs,
           std::shared_ptr<control::Reply> reply)
      : loop_(loop), background_(background), logs_(std::move(logs)), reply_(std::move(reply)) {}

  void begin() {
    reply_->on_change([self = weak_from_this()] {
      const auto follower = self.lock();
      if (follower && follower->reply_->gone()) follower->unwatch();
    });
    read();
  }

 private:
  // Nothing is watched meanwhile: the readers belong to the background.
  void read() {
    unwatch();
    const auto lines = std::make_shared<std::vector<std::string>>();
    auto work = [self = shared_from_this(), lines]() -> Result<void> {
      auto more = self->logs_.more();
      if (!more) return std::unexpected(more.error());
      *lines = std::move(*more);
      return {};
    };
    background_.run(std::move(work), [self = shared_from_this(), lines](Result<void> done) {
      if (self->reply_->gone()) return;
      if (done && !send_parts(*self->reply_, *lines)) return;
      if (done) done = self->watch();
      if (!done) self->reply_->fail(done.error());
    });
  }

  Result<void> watch() {
    for (const auto& reader : logs_.readers()) {
      auto watched = loop_.watch(reader.fd(), EPOLLIN,
                                 [self = shared_from_this()](std::uint32_t) { self->read(); });
      if (watched) continue;
      unwatch();
      return watched;
    }
    return {};
  }

  void unwatch() {
    const auto self = shared_from_this();  // the watches may hold the last reference
    for (const auto& reader : logs_.readers()) loop_.unwatch(reader.fd());
  }

  sys::EventLoop& loop_;
  sys::Background& background_;
  Logs logs_;
  std::shared_ptr<control::Reply> reply_;
};

Result<Logs> logs_of_service(const std::string& directory, const std::string& name, bool follow) {
  // The name becomes part of a path.
  if (name.find('/') != std::string::npos) return fail_errno("'" + name + "'", ENOENT);
  auto reader = logd::LogReader::open(name, follow, directory);
  if (!reader) return std::unexpected(reader.error());
  Logs logs;
  logs.add(std::move(*reader), "");
  return logs;
}

// What has no log yet is left out, unless it may come.
Logs all_logs(const std::string& directory, const std::vector<std::string>& services, bool follow) {
  Logs logs;
  for (const auto* const path : kSystemLogs)
    if (auto reader = logd::LogReader::open_file(path, follow)) logs.add(std::move(*reader), "");
  for (const auto& name : services)
    if (auto reader = logd::LogReader::open(name, follow, directory))
      logs.add(std::move(*reader), name + "_1 | ");
  return logs;
}

Result<Logs> open_logs(const control::ServiceLogs& request,
                       const std::vector<std::string>& services, const std::string& directory) {
  if (request.name.empty()) return all_logs(directory, services, request.follow);
  return logs_of_service(directory, request.name, request.follow);
}

}  // namespace

void answer_logs(sys::EventLoop& loop, sys::Background& background,
                 const control::ServiceLogs& request, const std::vector<std::string>& services,
                 std::shared_ptr<control::Reply> reply, const std::string& directory) {
  struct Opened {
    Logs logs;
    std::vector<std::string> last;
  };
  const auto opened = std::make_shared<Opened>();
  auto work = [request, services, directory, opened]() -> Result<void> {
    auto logs = open_logs(request, services, directory);
    if (!logs) return std::unexpected(logs.error());
    opened->logs = std::move(*logs);
    const auto count =
        static_cast<std::size_t>(std::clamp<std::int64_t>(request.lines, 0, kMostLines));
    auto lines = opened->logs.last(count);
    if (!lines) return std::unexpected(lines.error());
    opened->last = std::move(*lines);
    return {};
  };
  background.run(std::move(work), [&loop, &background, opened, follow = request.follow,
                                   reply = std::move(reply)](const Result<void>& done) {
    if (!done) return reply->fail(done.error());
    if (!send_parts(*reply, opened->last)) return;
    if (!follow) return reply->send(control::LogLines{});
    std::make_shared<Follower>(loop, background, std::move(opened->logs), reply)->begin();
  });
}

}  // namespace ros::manager
