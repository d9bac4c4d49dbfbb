#include "control/client.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>

#include "sys/socket.h"

namespace ros::control {

Result<Client> Client::connect(const std::string& socket, std::chrono::milliseconds patience) {
  auto fd = sys::connect_unix(socket, sys::SocketKind::kStream);
  if (!fd) return context("manager", fd.error());
  return Client(std::move(*fd), patience);
}

Result<void> Client::send_request(const Request& request) {
  std::string bytes;
  if (!std::exchange(greeted_, true)) bytes = encode_frame(encode_hello());
  const std::string text = encode_request(request);
  if (text.size() > kLongestFrame) return fail_errno("manager: request", EMSGSIZE);
  bytes += encode_frame(text);
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t count = send(fd_.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (count >= 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN) {
      if (auto ready = wait(POLLOUT, true); !ready) return ready;
    } else if (errno == EPIPE || errno == ECONNRESET) {
      return {};  // the answer says why it hung up
    } else if (errno != EINTR) {
      return fail_errno("manager: send");
    }
  }
  return {};
}

Result<std::string> Client::receive(bool limited) {
  std::array<char, 65'536> bytes;
  for (;;) {
    auto frame = reader_.next();
    if (!frame) return context("manager", frame.error());
    if (frame->has_value()) return std::move(**frame);
    if (auto ready = wait(POLLIN, limited); !ready) return std::unexpected(ready.error());
    const ssize_t count = recv(fd_.get(), bytes.data(), bytes.size(), 0);
    if (count == 0) return fail_errno("manager", ECONNRESET);
    if (count > 0) {
      reader_.feed({bytes.data(), static_cast<std::size_t>(count)});
    } else if (errno != EAGAIN && errno != EINTR) {
      return fail_errno("manager: receive");
    }
  }
}

Result<void> Client::wait(short events, bool limited) const {
  pollfd entry{fd_.get(), events, 0};
  const int limit = limited ? static_cast<int>(patience_.count()) : -1;
  const int count = poll(&entry, 1, limit);
  if (count == 0) return fail_errno("manager", ETIMEDOUT);
  if (count < 0 && errno != EINTR) return fail_errno("manager: wait");
  return {};
}

}  // namespace ros::control
