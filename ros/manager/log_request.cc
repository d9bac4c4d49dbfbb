#include "manager/log_request.h"

#include <sys/epoll.h>

#include <algorithm>

#include "logd/merge.h"

namespace ros::manager {
namespace {

constexpr const char* kSystemLogs[] = {"/var/log/messages", "/var/log/secure"};
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

// Follows logs for one client; lives as long as the reply's callback and the watches hold it.
class Follower : public std::enable_shared_from_this<Follower> {
 public:
  Follower(sys::EventLoop& loop, Logs logs, std::shared_ptr<control::Reply> reply)
      : loop_(loop), logs_(std::move(logs)), reply_(std::move(reply)) {}

  void begin() {
    for (const auto& reader : logs_.readers()) {
      const auto watched = loop_.watch(
          reader.fd(), EPOLLIN, [self = shared_from_this()](std::uint32_t) { self->advance(); });
      if (!watched) {
        end();
        reply_->fail(watched.error());
        return;
      }
    }
    reply_->on_change([self = weak_from_this()] {
      if (const auto follower = self.lock()) follower->advance();
    });
    advance();
  }

 private:
  void advance() {
    const auto self = shared_from_this();  // the watches may hold the last reference
    if (ended_) return;
    if (reply_->gone()) return end();
    const auto lines = logs_.more();
    if (!lines) reply_->fail(lines.error());
    if (lines && send_parts(*reply_, *lines)) return;
    end();
  }

  void end() {
    ended_ = true;
    for (const auto& reader : logs_.readers()) loop_.unwatch(reader.fd());
  }

  sys::EventLoop& loop_;
  Logs logs_;
  std::shared_ptr<control::Reply> reply_;
  bool ended_ = false;
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

}  // namespace

void answer_logs(sys::EventLoop& loop, const control::ServiceLogs& request,
                 const std::vector<std::string>& services, std::shared_ptr<control::Reply> reply,
                 const std::string& directory) {
  constexpr std::int64_t kMostLines = 100'000;
  auto logs = request.name.empty() ? all_logs(directory, services, request.follow)
                                   : logs_of_service(directory, request.name, request.follow);
  if (!logs) return reply->fail(logs.error());
  const auto count =
      static_cast<std::size_t>(std::clamp<std::int64_t>(request.lines, 0, kMostLines));
  const auto lines = logs->last(count);
  if (!lines) return reply->fail(lines.error());
  if (!send_parts(*reply, *lines)) return;
  if (!request.follow) return reply->send(control::LogLines{});
  std::make_shared<Follower>(loop, std::move(*logs), std::move(reply))->begin();
}

}  // namespace ros::manager
