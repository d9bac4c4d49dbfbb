#include "control/pid1_client.h"

#include <poll.h>
#include <sys/socket.h>

#include "sys/socket.h"

namespace ros::control::pid1 {

Result<Reply> call(const Request& request, const std::string& socket,
                   std::chrono::milliseconds limit) {
  const auto fd = sys::connect_unix(socket, sys::SocketKind::kSeqPacket);
  if (!fd) return context("PID 1", fd.error());
  const auto bytes = encode(request);
  if (send(fd->get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) {
    return fail_errno("PID 1: send");
  }
  pollfd wait{fd->get(), POLLIN, 0};
  if (poll(&wait, 1, static_cast<int>(limit.count())) <= 0) {
    return fail_errno("PID 1: receive", ETIMEDOUT);
  }
  Reply reply;
  std::array<std::byte, sizeof(Reply) + 1> packet;  // one more: a longer packet is noticed
  const ssize_t size = recv(fd->get(), packet.data(), packet.size(), 0);
  if (size < 0) return fail_errno("PID 1: receive");
  if (size == 0) return fail_errno("PID 1: receive", ECONNRESET);
  const int error = decode_reply(std::span(packet).first(static_cast<std::size_t>(size)), reply);
  if (error != 0) return fail_errno("PID 1: reply", error);
  if (reply.kind != request.kind) return fail_errno("PID 1: reply", EPROTO);
  if (reply.error != 0) return fail_errno("PID 1", reply.error);
  return reply;
}

}  // namespace ros::control::pid1
