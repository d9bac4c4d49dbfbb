// One client of the Server, and Reply, what a handler answers with.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "control/session.h"
#include "sys/event_loop.h"
#include "sys/fd.h"

namespace ros::control {

class Connection;

// The answer to one request. Single-threaded; usable after the client has gone (does nothing then).
class Reply {
 public:
  explicit Reply(std::weak_ptr<Connection> connection);
  Reply(const Reply&) = delete;
  Reply& operator=(const Reply&) = delete;
  ~Reply();  // unanswered: sends an error

  // The whole answer, or its last part.
  template <class Body>
  void send(const Body& body) {
    finish(encode_reply(body, false));
  }
  void fail(const Error& error);

  enum class Progress {
    kGoOn,  // more may follow at once
    kSlow,  // accepted, but wait for on_change: the client has much unread already
    kGone,  // the client has gone, or was cut off because it does not read
  };
  template <class Body>
  Progress part(const Body& body) {
    return add(encode_reply(body, true));
  }

  [[nodiscard]] bool gone() const;
  // Called when a slow client has caught up and when the client has gone. May drop the reply.
  void on_change(std::function<void()> callback);

 private:
  void finish(const std::string& text);
  Progress add(const std::string& text);

  std::weak_ptr<Connection> connection_;
  bool finished_ = false;
};

struct ConnectionLimits {
  std::size_t slow_output = std::size_t{256} << 10U;  // above it part() says kSlow
  std::size_t most_output = std::size_t{16} << 20U;   // above it the client is cut off
  sys::Millis patience{30'000};  // for a request to arrive, and for output to be read
};

// Open until the client goes or close(); the Server owns it, and what the references refer to.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Handler = std::function<void(const Request&, std::shared_ptr<Reply>)>;

  Connection(sys::EventLoop& loop, sys::UniqueFd fd, Role caller, const ConnectionLimits& limits,
             const Handler& handler);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  void on_close(std::function<void()> callback) { on_close_ = std::move(callback); }
  void begin();
  // Tells the client why, then disconnects.
  void refuse(const Error& error);
  void close();

 private:
  friend class Reply;

  void on_events(std::uint32_t events);
  void read_some();
  void take_requests();
  void queue(const std::string& text);
  void flush();
  void watch();
  void restart_timer();
  void answered();
  void notify();

  sys::EventLoop& loop_;
  sys::UniqueFd fd_;
  const ConnectionLimits& limits_;
  const Handler& handler_;
  std::function<void()> on_close_;
  Session session_;
  std::string output_;
  std::function<void()> on_change_;  // of the reply that is due
  bool busy_ = false;                // a reply is due
  bool closing_ = false;             // disconnect when the output is out
  sys::TimerId timer_ = 0;
};

}  // namespace ros::control
