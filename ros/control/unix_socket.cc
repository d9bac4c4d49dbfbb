#include "control/unix_socket.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

namespace ros::control {
namespace {

[[nodiscard]] Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return fail_errno(fmt::format("socket '{}'", path), ENAMETOOLONG);
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

}  // namespace

Result<sys::UniqueFd> connect_unix(const std::string& path, int type,
                                   std::chrono::milliseconds limit) {
  const auto address = address_of(path);
  if (!address) return std::unexpected(address.error());
  sys::UniqueFd fd(socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return fail_errno("socket");
  timeval time{};
  time.tv_sec = limit.count() / 1000;
  time.tv_usec = limit.count() % 1000 * 1000;
  if (setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) != 0 ||
      setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time) != 0) {
    return fail_errno("setsockopt");
  }
  if (connect(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    return fail_errno(fmt::format("connect to '{}'", path));
  }
  return fd;
}

Result<sys::UniqueFd> listen_unix(const std::string& path, int type, int backlog) {
  const auto address = address_of(path);
  if (!address) return std::unexpected(address.error());
  sys::UniqueFd fd(socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd.valid()) return fail_errno("socket");
  if (unlink(path.c_str()) != 0 && errno != ENOENT) {
    return fail_errno(fmt::format("remove '{}'", path));
  }
  // Nobody can connect before listen(2), so the mode is in force in time.
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0 ||
      chmod(path.c_str(), 0600) != 0 || listen(fd.get(), backlog) != 0) {
    return fail_errno(fmt::format("listen on '{}'", path));
  }
  return fd;
}

Result<uid_t> peer_uid(int fd) {
  // struct ucred without the extensions that declare it.
  struct Credentials {
    pid_t pid;
    uid_t uid;
    gid_t gid;
  } peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
    return fail_errno("credentials of the peer");
  }
  return peer.uid;
}

}  // namespace ros::control
