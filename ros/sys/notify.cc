#include "sys/notify.h"

#include <sys/socket.h>

#include <cstdlib>

#include "sys/socket.h"

namespace ros::sys {

Result<void> notify(std::string_view state) {
  const char* const path = std::getenv("NOTIFY_SOCKET");
  if (path == nullptr) return {};
  const auto socket = connect_unix(path, SocketKind::kDatagram);
  if (!socket) return context("notify", socket.error());
  if (send(socket->get(), state.data(), state.size(), MSG_NOSIGNAL) < 0)
    return fail_errno("notify '" + std::string(path) + "'");
  return {};
}

}  // namespace ros::sys
