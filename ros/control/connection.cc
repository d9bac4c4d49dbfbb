#include "control/connection.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>

namespace ros::control {

Connection::Connection(sys::EventLoop& loop, sys::UniqueFd fd, Role caller,
                       const ConnectionLimits& limits, const Handler& handler)
    : loop_(loop), fd_(std::move(fd)), limits_(limits), handler_(handler), session_(caller) {}

Connection::~Connection() {
  on_close_ = nullptr;
  close();
}

void Connection::begin() {
  restart_timer();
  watch();
}

void Connection::close() {
  if (!fd_.valid()) return;
  if (timer_ != 0) loop_.cancel(std::exchange(timer_, 0));
  loop_.unwatch(fd_.get());
  fd_.reset();
  output_.clear();
  const auto keep = weak_from_this().lock();  // on_close may drop the last owner
  notify();
  if (auto on_close = std::exchange(on_close_, nullptr)) on_close();
}

void Connection::refuse(const Error& error) {
  closing_ = true;
  queue(encode_error(error));
}

void Connection::on_events(std::uint32_t events) {
  const auto keep = shared_from_this();
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    close();
    return;
  }
  if ((events & EPOLLOUT) != 0) flush();
  if (fd_.valid() && (events & EPOLLIN) != 0) read_some();
  // With requests before it in the socket, the end of input is met when they are answered.
  if (fd_.valid() && busy_ && (events & EPOLLRDHUP) != 0) close();
}

void Connection::read_some() {
  std::array<char, 16'384> bytes;
  const ssize_t count = recv(fd_.get(), bytes.data(), bytes.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    close();
    return;
  }
  if (closing_) return;  // what comes after an error is read away
  session_.feed({bytes.data(), static_cast<std::size_t>(count)});
  take_requests();
}

void Connection::take_requests() {
  while (fd_.valid() && !busy_ && !closing_) {
    auto request = session_.next();
    if (!request) break;
    if (*request) {
      busy_ = true;
      restart_timer();
      handler_(**request, std::make_shared<Reply>(weak_from_this()));
    } else if (session_.broken()) {
      refuse(request->error());
    } else {
      queue(encode_error(request->error()));
    }
  }
  if (fd_.valid()) watch();
}

void Connection::queue(const std::string& text) {
  if (!fd_.valid()) return;
  if (text.size() > kLongestFrame) {
    output_ += encode_frame(encode_error({EMSGSIZE, "the answer is too long for one message"}));
    closing_ = true;
  } else {
    output_ += encode_frame(text);
  }
  if (output_.size() > limits_.most_output) {
    close();
    return;
  }
  flush();
}

void Connection::flush() {
  const bool was_slow = output_.size() > limits_.slow_output;
  std::size_t sent = 0;
  while (sent < output_.size()) {
    const ssize_t count =
        send(fd_.get(), output_.data() + sent, output_.size() - sent, MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) break;
    if (count < 0) {
      close();
      return;
    }
    sent += static_cast<std::size_t>(count);
  }
  output_.erase(0, sent);
  if (sent > 0) restart_timer();
  if (closing_ && output_.empty()) {
    close();
    return;
  }
  watch();
  if (was_slow && output_.size() <= limits_.slow_output / 2) notify();
}

void Connection::watch() {
  // While an answer is due, further requests wait in the socket.
  std::uint32_t events = EPOLLRDHUP;
  if (!busy_) events |= EPOLLIN;
  if (!output_.empty()) events |= EPOLLOUT;
  const auto watched =
      loop_.watch(fd_.get(), events, [this](std::uint32_t got) { on_events(got); });
  if (!watched) close();
}

void Connection::restart_timer() {
  if (timer_ != 0) loop_.cancel(timer_);
  timer_ = loop_.after(limits_.patience, [this] {
    timer_ = 0;
    const auto keep = shared_from_this();
    if (busy_ && output_.empty()) {
      restart_timer();  // the handler takes its time, or a followed log is silent
    } else if (output_.empty() && !closing_) {
      refuse({ETIMEDOUT, "no request came"});
    } else {
      close();
    }
  });
}

void Connection::answered() {
  busy_ = false;
  on_change_ = nullptr;
  // Not from here: the handler may still be running.
  loop_.post([weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->take_requests();
  });
}

void Connection::notify() {
  if (!on_change_) return;
  const auto callback = on_change_;  // it may replace itself
  callback();
}

Reply::Reply(std::weak_ptr<Connection> connection) : connection_(std::move(connection)) {}

Reply::~Reply() {
  if (!finished_) fail({ECANCELED, "the manager gave no answer"});
}

void Reply::fail(const Error& error) {
  finish(encode_error(error));
}

void Reply::finish(const std::string& text) {
  if (std::exchange(finished_, true)) return;
  const auto connection = connection_.lock();
  if (!connection) return;
  connection->queue(text);
  connection->answered();
}

Reply::Progress Reply::add(const std::string& text) {
  if (gone()) return Progress::kGone;
  const auto connection = connection_.lock();
  connection->queue(text);
  if (gone()) return Progress::kGone;
  return connection->output_.size() > connection->limits_.slow_output ? Progress::kSlow
                                                                      : Progress::kGoOn;
}

bool Reply::gone() const {
  const auto connection = connection_.lock();
  return !connection || !connection->fd_.valid();
}

void Reply::on_change(std::function<void()> callback) {
  if (finished_) return;
  if (const auto connection = connection_.lock()) connection->on_change_ = std::move(callback);
}

}  // namespace ros::control
