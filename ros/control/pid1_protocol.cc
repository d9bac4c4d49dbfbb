#include "control/pid1_protocol.h"

#include <cerrno>
#include <cstring>

namespace ros::control::pid1 {
namespace {

[[nodiscard]] bool known(Kind kind) {
  return kind == Kind::kStatus || kind == Kind::kStartChild || kind == Kind::kPower;
}

[[nodiscard]] bool argument_fits(const Request& request) {
  switch (request.kind) {
    case Kind::kStatus:
      return request.argument == 0;
    case Kind::kStartChild:
      return request.argument < kChildren;
    case Kind::kPower:
      return request.argument >= 1 && request.argument <= 3;
  }
  return false;
}

// Size, magic, version and kind, which both structures have at the same place.
template <class Message>
[[nodiscard]] int decode_common(std::span<const std::byte> packet, Message& out) {
  if (packet.size() != sizeof(Message)) return EMSGSIZE;
  Message message;
  std::memcpy(&message, packet.data(), sizeof message);
  if (message.magic != kMagic) return EPROTO;
  if (message.version != kVersion) return EPROTONOSUPPORT;
  if (!known(message.kind)) return EPROTO;
  out = message;
  return 0;
}

}  // namespace

Request status_request() noexcept {
  return Request{};
}

Request start_child_request(Child child) noexcept {
  Request request;
  request.kind = Kind::kStartChild;
  request.argument = static_cast<std::uint32_t>(child);
  return request;
}

Request power_request(PowerAction action, std::uint32_t deadline_ms) noexcept {
  Request request;
  request.kind = Kind::kPower;
  request.argument = static_cast<std::uint32_t>(action);
  request.deadline_ms = deadline_ms;
  return request;
}

int decode_request(std::span<const std::byte> packet, Request& out) noexcept {
  Request request;
  if (const int error = decode_common(packet, request); error != 0) return error;
  if (!argument_fits(request)) return EINVAL;
  out = request;
  return 0;
}

int decode_reply(std::span<const std::byte> packet, Reply& out) noexcept {
  Reply reply;
  if (const int error = decode_common(packet, reply); error != 0) return error;
  if (reply.child_count > kChildren) return EINVAL;
  out = reply;
  return 0;
}

std::span<const std::byte> encode(const Request& message) noexcept {
  return std::as_bytes(std::span(&message, 1));
}

std::span<const std::byte> encode(const Reply& message) noexcept {
  return std::as_bytes(std::span(&message, 1));
}

std::string_view name(Child child) noexcept {
  switch (child) {
    case Child::kLogd:
      return "logd";
    case Child::kManager:
      return "manager";
    case Child::kContainerd:
      return "containerd";
    case Child::kImageStore:
      return "image-store";
  }
  return "?";
}

std::string_view name(PowerAction action) noexcept {
  switch (action) {
    case PowerAction::kPoweroff:
      return "poweroff";
    case PowerAction::kReboot:
      return "reboot";
    case PowerAction::kHalt:
      return "halt";
  }
  return "?";
}

std::string_view name(ChildState state) noexcept {
  switch (state) {
    case ChildState::kNotStarted:
      return "not started";
    case ChildState::kRunning:
      return "running";
    case ChildState::kRestarting:
      return "restarting";
  }
  return "?";
}

}  // namespace ros::control::pid1
