// Unix stream and packet sockets, as the clients and servers of this room need them.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>

#include "base/result.h"
#include "sys/fd.h"

namespace ros::control {

// `type` is SOCK_STREAM or SOCK_SEQPACKET. The socket blocks, each send and receive for at most
// `limit` (zero: without limit). Errors name the path.
[[nodiscard]] Result<sys::UniqueFd> connect_unix(const std::string& path, int type,
                                                 std::chrono::milliseconds limit);

// Replaces what lies at `path`; the socket is non-blocking and its file has mode 0600.
[[nodiscard]] Result<sys::UniqueFd> listen_unix(const std::string& path, int type, int backlog);

// The user of the process at the other end, as it was when it connected.
[[nodiscard]] Result<uid_t> peer_uid(int fd);

}  // namespace ros::control
