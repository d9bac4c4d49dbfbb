// Connection: one HTTP/2 connection over a unix socket, driven by the event loop.
// Channel: makes a new Connection when the last one is gone; the next call pays for it.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "containerd/client.h"
#include "containerd/http2.h"
#include "sys/event_loop.h"
#include "sys/fd.h"

namespace ros::containerd {

class Connection {
 public:
  // ECONNREFUSED when nobody listens on `path`, whatever the reason.
  [[nodiscard]] static Result<std::shared_ptr<Connection>> open(sys::EventLoop& loop,
                                                                const std::string& path);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // As Http2's, with the bytes sent at once as far as the socket takes them.
  [[nodiscard]] Result<Http2::StreamId> request(const Http2::Headers& headers, std::string body,
                                                StreamSink& sink);
  void cancel(Http2::StreamId stream);

  // Ends every stream with `reason` and closes the socket.
  void close(const Error& reason);

  [[nodiscard]] bool takes_requests() const { return fd_.valid() && http2_->takes_requests(); }

 private:
  Connection(sys::EventLoop& loop, sys::UniqueFd fd, std::unique_ptr<Http2> http2)
      : loop_(loop), fd_(std::move(fd)), http2_(std::move(http2)) {}

  [[nodiscard]] Result<void> watch(bool for_output);
  void on_ready(std::uint32_t events);
  [[nodiscard]] Result<void> receive();
  void flush();
  [[nodiscard]] Result<bool> send_some();

  sys::EventLoop& loop_;
  sys::UniqueFd fd_;
  std::unique_ptr<Http2> http2_;
  std::string unsent_;
  bool watches_output_ = false;
};

class Channel {
 public:
  Channel(sys::EventLoop& loop, ClientOptions options)
      : loop_(loop), options_(std::move(options)) {}

  // The living connection, or a new one.
  [[nodiscard]] Result<std::shared_ptr<Connection>> connection();
  // Ends all calls with ECANCELED; later ones fail the same way.
  void close();

  [[nodiscard]] sys::EventLoop& loop() const { return loop_; }
  [[nodiscard]] const ClientOptions& options() const { return options_; }

 private:
  sys::EventLoop& loop_;
  ClientOptions options_;
  std::shared_ptr<Connection> connection_;
  bool closed_ = false;
};

}  // namespace ros::containerd
