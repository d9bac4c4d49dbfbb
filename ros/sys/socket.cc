#include "sys/socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace ros::sys {
namespace {

int type_of(SocketKind kind) {
  switch (kind) {
    case SocketKind::kStream:
      return SOCK_STREAM;
    case SocketKind::kSeqPacket:
      return SOCK_SEQPACKET;
    case SocketKind::kDatagram:
      return SOCK_DGRAM;
  }
  return SOCK_STREAM;
}

// A socket and the address for `path`; an error when the path does not fit.
Result<UniqueFd> prepare(const std::string& path, SocketKind kind, sockaddr_un& address) {
  address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path)
    return fail_errno("socket '" + path + "'", ENAMETOOLONG);
  std::memcpy(address.sun_path, path.data(), path.size());
  UniqueFd fd(socket(AF_UNIX, type_of(kind) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return fail_errno("socket '" + path + "'");
  return fd;
}

const sockaddr* generic(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

}  // namespace

Result<UniqueFd> listen_unix(const std::string& path, SocketKind kind, mode_t mode) {
  sockaddr_un address;
  auto fd = prepare(path, kind, address);
  if (!fd) return fd;
  struct stat status{};
  if (lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) unlink(path.c_str());
  if (bind(fd->get(), generic(address), sizeof address) != 0)
    return fail_errno("bind '" + path + "'");
  if (chmod(path.c_str(), mode) != 0) return fail_errno("chmod '" + path + "'");
  if (kind != SocketKind::kDatagram && listen(fd->get(), SOMAXCONN) != 0)
    return fail_errno("listen on '" + path + "'");
  return fd;
}

Result<UniqueFd> connect_unix(const std::string& path, SocketKind kind) {
  sockaddr_un address;
  auto fd = prepare(path, kind, address);
  if (!fd) return fd;
  if (connect(fd->get(), generic(address), sizeof address) != 0)
    return fail_errno("connect to '" + path + "'");
  return fd;
}

Result<UniqueFd> accept_unix(int listener) {
  UniqueFd fd(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!fd.valid()) return fail_errno("accept");
  return fd;
}

Result<void> send_unix(const std::string& path, std::string_view text) {
  const auto socket = connect_unix(path, SocketKind::kDatagram);
  if (!socket) return std::unexpected(socket.error());
  if (send(socket->get(), text.data(), text.size(), MSG_NOSIGNAL) < 0)
    return fail_errno("send to '" + path + "'");
  return {};
}

Result<Peer> peer_of(int connection) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
    return fail_errno("peer credentials");
  return Peer{credentials.pid, credentials.uid, credentials.gid};
}

}  // namespace ros::sys
