#include "manager/log_request.h"

#include <sys/epoll.h>

#include <algorithm>

#include "logd/reader.h"

namespace ros::manager {
namespace {

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

// Follows one log for one client; lives as long as the reply's callback and the watch hold it.
class Follower : public std::enable_shared_from_this<Follower> {
 public:
  Follower(sys::EventLoop& loop, logd::LogReader reader, std::shared_ptr<control::Reply> reply)
      : loop_(loop), reader_(std::move(reader)), reply_(std::move(reply)) {}

  void begin() {
    const auto watched = loop_.watch(
        reader_.fd(), EPOLLIN, [self = shared_from_this()](std::uint32_t) { self->advance(); });
    if (!watched) {
      reply_->fail(watched.error());
      return;
    }
    reply_->on_change([self = weak_from_this()] {
      if (const auto follower = self.lock()) follower->advance();
    });
    advance();
  }

 private:
  void advance() {
    const auto self = shared_from_this();  // the watch may hold the last reference
    if (ended_) return;
    const auto lines = reader_.more();
    if (!lines) reply_->fail(lines.error());
    if (lines && send_parts(*reply_, *lines)) return;
    ended_ = true;
    loop_.unwatch(reader_.fd());
  }

  sys::EventLoop& loop_;
  logd::LogReader reader_;
  std::shared_ptr<control::Reply> reply_;
  bool ended_ = false;
};

}  // namespace

void answer_logs(sys::EventLoop& loop, const control::ServiceLogs& request,
                 std::shared_ptr<control::Reply> reply) {
  constexpr std::int64_t kMostLines = 100'000;
  // The name becomes part of a path.
  if (request.name.empty() || request.name.find('/') != std::string::npos) {
    return reply->fail({ENOENT, "'" + request.name + "' is not a service"});
  }
  auto reader = logd::LogReader::open(request.name, request.follow);
  if (!reader) return reply->fail(reader.error());
  const auto count =
      static_cast<std::size_t>(std::clamp<std::int64_t>(request.lines, 0, kMostLines));
  const auto lines = reader->last(count);
  if (!lines) return reply->fail(lines.error());
  if (!send_parts(*reply, *lines)) return;
  if (!request.follow) return reply->send(control::LogLines{});
  std::make_shared<Follower>(loop, std::move(*reader), std::move(reply))->begin();
}

}  // namespace ros::manager
