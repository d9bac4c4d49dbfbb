// Server: accepts clients of one socket, reads their requests, sends the answers.
//
// Only root is served, with the role that the socket gives. Clients, their unread input and their
// unsent output are bounded; one that sends nothing for a while, does not read its answers or
// breaks the protocol is told so when possible and disconnected. A client's requests are answered
// one after the other.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <set>
#include <string>

#include "base/result.h"
#include "control/connection.h"
#include "control/protocol.h"
#include "sys/event_loop.h"
#include "sys/fd.h"

namespace ros::control {

struct ServerOptions {
  std::string socket = kSocketPath;
  Role role = Role::kAdmin;
  uid_t user = 0;  // besides whom nobody is served
  std::size_t most_clients = 32;
  ConnectionLimits limits;
};

class Server {
 public:
  // Called for each request. The reply may be kept and answered later; one that is dropped without
  // an answer sends an error.
  using Handler = std::function<void(const Request&, std::shared_ptr<Reply>)>;

  // `loop` must outlive the server.
  [[nodiscard]] static Result<std::unique_ptr<Server>> listen(sys::EventLoop& loop,
                                                              ServerOptions options,
                                                              Handler handler);
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server();  // closes all connections; replies that are still held go nowhere

  [[nodiscard]] std::size_t clients() const { return connections_.size(); }

 private:
  Server(sys::EventLoop& loop, ServerOptions options, Handler handler);
  void accept_all();
  void add(sys::UniqueFd fd);

  sys::EventLoop& loop_;
  ServerOptions options_;
  Handler handler_;
  sys::UniqueFd listener_;
  std::set<std::shared_ptr<Connection>> connections_;
};

}  // namespace ros::control
