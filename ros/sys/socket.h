// Unix sockets. Every descriptor made here is non-blocking and close-on-exec.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "base/result.h"
#include "sys/fd.h"

namespace ros::sys {

enum class SocketKind { kStream, kSeqPacket, kDatagram };

// A socket bound to `path` with permissions `mode`, listening unless it takes datagrams. A socket
// file that an earlier process left behind is replaced.
[[nodiscard]] Result<UniqueFd> listen_unix(const std::string& path, SocketKind kind, mode_t mode);

// EAGAIN when the listener's queue is full, ECONNREFUSED or ENOENT when nobody listens.
[[nodiscard]] Result<UniqueFd> connect_unix(const std::string& path, SocketKind kind);

// EAGAIN when nobody waits.
[[nodiscard]] Result<UniqueFd> accept_unix(int listener);

// One datagram; waits for nobody.
[[nodiscard]] Result<void> send_unix(const std::string& path, std::string_view text);

struct Peer {
  pid_t pid = 0;
  uid_t uid = 0;
  gid_t gid = 0;
};

// Who connected, as of the time of connect(2).
[[nodiscard]] Result<Peer> peer_of(int connection);

}  // namespace ros::sys
