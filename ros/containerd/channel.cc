#include "containerd/channel.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

#include "sys/socket.h"

namespace ros::containerd {
namespace {

constexpr std::size_t kReadSize = std::size_t{64} << 10U;

Error lost(std::string_view why) {
  return Error{ECANCELED, "connection lost: " + std::string(why)};
}

}  // namespace

Result<std::shared_ptr<Connection>> Connection::open(sys::EventLoop& loop,
                                                     const std::string& path) {
  Result<sys::UniqueFd> fd = sys::connect_unix(path, sys::SocketKind::kStream);
  // One code for all reasons: ENOENT and ECANCELED mean other things to callers.
  if (!fd) return std::unexpected(Error{ECONNREFUSED, fd.error().message});
  Result<std::unique_ptr<Http2>> http2 = Http2::create();
  if (!http2) return std::unexpected(http2.error());
  std::shared_ptr<Connection> connection(new Connection(loop, std::move(*fd), std::move(*http2)));
  const Result<void> watched = connection->watch(false);
  if (!watched) return std::unexpected(watched.error());
  return connection;
}

Connection::~Connection() {
  close(lost("closed"));
}

Result<Http2::StreamId> Connection::request(const Http2::Headers& headers, std::string body,
                                            StreamSink& sink) {
  Result<Http2::StreamId> stream = http2_->request(headers, std::move(body), sink);
  if (stream) flush();
  return stream;
}

void Connection::cancel(Http2::StreamId stream) {
  http2_->cancel(stream);
  flush();
}

void Connection::close(const Error& reason) {
  if (!fd_.valid()) return;
  loop_.unwatch(fd_.get());
  fd_.reset();
  http2_->lose(reason);
}

Result<void> Connection::watch(bool for_output) {
  watches_output_ = for_output;
  const std::uint32_t events = for_output ? EPOLLIN | EPOLLOUT : EPOLLIN;
  return loop_.watch(fd_.get(), events, [this](std::uint32_t ready) { on_ready(ready); });
}

void Connection::on_ready(std::uint32_t events) {
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
    const Result<void> received = receive();
    if (!received) return close(received.error());
  }
  flush();
}

Result<void> Connection::receive() {
  std::array<char, kReadSize> buffer;
  const auto size = recv(fd_.get(), buffer.data(), buffer.size(), 0);
  if (size == 0) return std::unexpected(lost("closed by the daemon"));
  if (size < 0) {
    if (errno == EAGAIN || errno == EINTR) return {};
    return std::unexpected(lost(std::strerror(errno)));
  }
  return http2_->receive({buffer.data(), static_cast<std::size_t>(size)});
}

void Connection::flush() {
  if (!fd_.valid()) return;
  const Result<bool> drained = send_some();
  if (!drained) return close(drained.error());
  // A graceful end leaves no stream open, so whoever still hears this met garbage.
  if (!http2_->alive()) return close(Error{EPROTO, "connection ended: HTTP/2 protocol error"});
  if (*drained == watches_output_) {
    const Result<void> watched = watch(!*drained);
    if (!watched) close(lost(watched.error().message));
  }
}

// True when nothing is left to send.
Result<bool> Connection::send_some() {
  for (;;) {
    if (unsent_.empty()) {
      const Result<std::string_view> next = http2_->output();
      if (!next) return std::unexpected(next.error());
      if (next->empty()) return true;
      unsent_ = *next;
    }
    const auto size = send(fd_.get(), unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (size < 0) {
      if (errno == EAGAIN) return false;
      if (errno == EINTR) continue;
      return std::unexpected(lost(std::strerror(errno)));
    }
    unsent_.erase(0, static_cast<std::size_t>(size));
  }
}

Result<std::shared_ptr<Connection>> Channel::connection() {
  if (closed_) return std::unexpected(Error{ECANCELED, "client closed"});
  if (connection_ == nullptr || !connection_->takes_requests()) {
    Result<std::shared_ptr<Connection>> fresh = Connection::open(loop_, options_.socket);
    if (!fresh) return fresh;
    // Calls still running on the old one keep it alive.
    connection_ = std::move(*fresh);
  }
  return connection_;
}

void Channel::close() {
  closed_ = true;
  if (connection_ != nullptr) connection_->close(Error{ECANCELED, "client closed"});
  connection_.reset();
}

}  // namespace ros::containerd
