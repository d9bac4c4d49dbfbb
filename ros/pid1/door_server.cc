#include "pid1/door_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/log.h"
#include "sys/socket.h"

namespace ros::pid1 {
namespace {

namespace protocol = control::pid1;

constexpr std::size_t kMostConnections = 16;

sys::PowerAction translate(protocol::PowerAction action) {
  switch (action) {
    case protocol::PowerAction::kPoweroff:
      return sys::PowerAction::kPoweroff;
    case protocol::PowerAction::kReboot:
      return sys::PowerAction::kReboot;
    case protocol::PowerAction::kHalt:
      return sys::PowerAction::kHalt;
  }
  return sys::PowerAction::kReboot;
}

}  // namespace

Result<void> DoorServer::listen() {
  auto listener = sys::listen_unix(protocol::kSocketPath, sys::SocketKind::kSeqPacket, 0600);
  if (!listener) return std::unexpected(listener.error());
  listener_ = std::move(*listener);
  return loop_.watch(listener_.get(), EPOLLIN, [this](std::uint32_t) { accept_one(); });
}

void DoorServer::accept_one() {
  auto connection = sys::accept_unix(listener_.get());
  if (!connection) return;
  const auto peer = sys::peer_of(connection->get());
  if (!peer || peer->uid != 0 || connections_.size() >= kMostConnections) return;
  const int fd = connection->get();
  if (const auto watched = loop_.watch(fd, EPOLLIN, [this, fd](std::uint32_t) { serve(fd); });
      !watched) {
    log(LogLevel::kError, watched.error().message);
    return;
  }
  connections_.emplace(fd, std::move(*connection));
}

void DoorServer::serve(int connection) {
  std::array<std::byte, 2 * sizeof(protocol::Request)> packet;
  const ssize_t count = recv(connection, packet.data(), packet.size(), 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    loop_.unwatch(connection);
    connections_.erase(connection);
    return;
  }
  protocol::Request request;
  const int refused =
      protocol::decode_request(std::span(packet).first(static_cast<std::size_t>(count)), request);
  protocol::Reply reply;
  reply.error = refused;
  if (refused == 0) reply = answer(request);
  const auto bytes = protocol::encode(reply);
  // A client that does not read its reply loses it.
  send(connection, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

protocol::Reply DoorServer::answer(const protocol::Request& request) {
  protocol::Reply reply;
  reply.kind = request.kind;
  switch (request.kind) {
    case protocol::Kind::kStatus:
      break;
    case protocol::Kind::kStartChild:
      if (const auto started = children_.want(static_cast<protocol::Child>(request.argument));
          !started) {
        log(LogLevel::kError, started.error().message);
        reply.error = started.error().code;
      }
      break;
    case protocol::Kind::kPower: {
      const auto action = static_cast<protocol::PowerAction>(request.argument);
      const sys::Millis deadline(request.deadline_ms);
      log(LogLevel::kNotice, "power: '" + std::string(protocol::name(action)) +
                                 "' asked for, limit " + std::to_string(deadline.count()) + " ms");
      // After the reply: the door may not come back.
      loop_.post([this, action, deadline] { door_.request(translate(action), deadline); });
      break;
    }
  }
  for (std::size_t i = 0; i < protocol::kChildren; ++i)
    reply.children[i] = children_.status(static_cast<protocol::Child>(i));
  reply.child_count = protocol::kChildren;
  return reply;
}

}  // namespace ros::pid1
