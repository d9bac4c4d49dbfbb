#include "sys/uevent.h"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <array>

#include "base/text.h"

namespace ros::sys {
namespace {

constexpr unsigned kKernelGroup = 1;
constexpr int kReceiveBuffer = 4 << 20;       // coldplug of a big machine comes in one burst
constexpr std::size_t kDatagramLimit = 8192;  // UEVENT_BUFFER_SIZE is 2048

}  // namespace

std::string Uevent::value(std::string_view name) const {
  const auto found = values.find(name);
  return found == values.end() ? "" : found->second;
}

std::optional<Uevent> parse_uevent(std::string_view datagram) {
  const auto parts = split(datagram, '\0');
  if (parts.empty()) return {};
  const auto at = parts.front().find('@');
  if (at == std::string::npos || at == 0) return {};
  Uevent event{parts.front().substr(0, at), parts.front().substr(at + 1), {}};
  for (std::size_t i = 1; i < parts.size(); ++i) {
    const auto equals = parts[i].find('=');
    if (equals != std::string::npos)
      event.values.emplace(parts[i].substr(0, equals), parts[i].substr(equals + 1));
  }
  return event;
}

Result<UeventSocket> UeventSocket::open() {
  UniqueFd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT));
  if (!fd.valid()) return fail_errno("uevent socket");
  // Without CAP_NET_ADMIN the default size stays: fewer events fit, which next() reports.
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBuffer, sizeof kReceiveBuffer);
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = kKernelGroup;
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return fail_errno("bind the uevent socket");
  return UeventSocket(std::move(fd));
}

Result<std::optional<Uevent>> UeventSocket::next() {
  std::array<char, kDatagramLimit> buffer;
  for (;;) {
    sockaddr_nl sender{};
    socklen_t size = sizeof sender;
    const ssize_t count = recvfrom(fd_.get(), buffer.data(), buffer.size(), 0,
                                   reinterpret_cast<sockaddr*>(&sender), &size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return std::optional<Uevent>();
    if (count < 0) return fail_errno("read a uevent");
    if (sender.nl_pid != 0) continue;  // only the kernel is believed
    if (auto event = parse_uevent({buffer.data(), static_cast<std::size_t>(count)})) return event;
  }
}

}  // namespace ros::sys
