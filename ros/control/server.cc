#include "control/server.h"

#include <sys/epoll.h>

#include "sys/socket.h"

namespace ros::control {

Result<std::unique_ptr<Server>> Server::listen(sys::EventLoop& loop, ServerOptions options,
                                               Handler handler) {
  auto listener = sys::listen_unix(options.socket, sys::SocketKind::kStream, 0600);
  if (!listener) return context("control socket", listener.error());
  std::unique_ptr<Server> server(new Server(loop, std::move(options), std::move(handler)));
  server->listener_ = std::move(*listener);
  const auto watched = loop.watch(server->listener_.get(), EPOLLIN,
                                  [raw = server.get()](std::uint32_t) { raw->accept_all(); });
  if (!watched) return context("control socket", watched.error());
  return server;
}

Server::Server(sys::EventLoop& loop, ServerOptions options, Handler handler)
    : loop_(loop), options_(std::move(options)), handler_(std::move(handler)) {}

Server::~Server() {
  if (listener_.valid()) loop_.unwatch(listener_.get());
  // close() takes each out of the set.
  while (!connections_.empty()) std::shared_ptr<Connection>(*connections_.begin())->close();
}

void Server::accept_all() {
  for (;;) {
    auto fd = sys::accept_unix(listener_.get());
    if (fd) {
      add(std::move(*fd));
    } else if (fd.error().code != ECONNABORTED && fd.error().code != EINTR) {
      return;
    }
  }
}

void Server::add(sys::UniqueFd fd) {
  const auto peer = sys::peer_of(fd.get());
  const bool full = connections_.size() >= options_.most_clients;
  // One beyond the limit is told so at once; it must not stay for an answer it does not read.
  if (connections_.size() > 2 * options_.most_clients) return;
  auto connection =
      std::make_shared<Connection>(loop_, std::move(fd), options_.role, options_.limits, handler_);
  connection->on_close([this, weak = std::weak_ptr(connection)] {
    if (const auto gone = weak.lock()) connections_.erase(gone);
  });
  connections_.insert(connection);
  connection->begin();
  if (!peer || peer->uid != options_.user) {
    connection->refuse({EPERM, "only root may talk to the manager"});
  } else if (full) {
    connection->refuse({EAGAIN, "too many clients"});
  }
}

}  // namespace ros::control
