// Messages to PID 1 on /run/ros/pid1.sock (SOCK_SEQPACKET, one message a packet).
//
// Fixed-size structures in host byte order: both ends are the same binary on the same machine.
// Coding and decoding are pure, do not allocate and do not throw, so that PID 1 can use them.
// A request with another version or size is refused; there is no negotiation.
//
// History: version 1 - status, start child, power.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace ros::control::pid1 {

inline constexpr char kSocketPath[] = "/run/ros/pid1.sock";
inline constexpr std::uint32_t kMagic = 0x31534f52;  // "ROS1"
inline constexpr std::uint16_t kVersion = 1;

enum class Kind : std::uint16_t { kStatus = 1, kStartChild = 2, kPower = 3 };
enum class Child : std::uint32_t { kLogd = 0, kManager = 1, kContainerd = 2, kImageStore = 3 };
enum class PowerAction : std::uint32_t { kPoweroff = 1, kReboot = 2, kHalt = 3 };
enum class ChildState : std::uint32_t { kNotStarted = 0, kRunning = 1, kRestarting = 2 };

inline constexpr std::size_t kChildren = 4;

struct Request {
  std::uint32_t magic = kMagic;
  std::uint16_t version = kVersion;
  Kind kind = Kind::kStatus;
  std::uint32_t argument = 0;     // Child for kStartChild, PowerAction for kPower, else 0
  std::uint32_t deadline_ms = 0;  // kPower: PID 1 acts by itself when this has passed
};
static_assert(sizeof(Request) == 16);

struct ChildStatus {
  Child child = Child::kLogd;
  ChildState state = ChildState::kNotStarted;
  std::int32_t pid = 0;
  std::uint32_t restarts = 0;
};
static_assert(sizeof(ChildStatus) == 16);

struct Reply {
  std::uint32_t magic = kMagic;
  std::uint16_t version = kVersion;
  Kind kind = Kind::kStatus;      // of the request
  std::int32_t error = 0;         // 0 or an errno value
  std::uint32_t child_count = 0;  // filled entries of `children`
  std::array<ChildStatus, kChildren> children{};
};
static_assert(sizeof(Reply) == 80);

[[nodiscard]] Request status_request() noexcept;
[[nodiscard]] Request start_child_request(Child child) noexcept;
[[nodiscard]] Request power_request(PowerAction action, std::uint32_t deadline_ms) noexcept;

// Both give 0 or an errno value: EMSGSIZE for a wrong size, EPROTO for a wrong magic or kind,
// EPROTONOSUPPORT for another version, EINVAL for an argument out of range. `out` is written only
// on success.
[[nodiscard]] int decode_request(std::span<const std::byte> packet, Request& out) noexcept;
[[nodiscard]] int decode_reply(std::span<const std::byte> packet, Reply& out) noexcept;

// The bytes to send; they live as long as `message`.
[[nodiscard]] std::span<const std::byte> encode(const Request& message) noexcept;
[[nodiscard]] std::span<const std::byte> encode(const Reply& message) noexcept;

// "logd", "manager", "containerd", "image-store"; "?" for an unknown value.
[[nodiscard]] std::string_view name(Child child) noexcept;
[[nodiscard]] std::string_view name(PowerAction action) noexcept;
[[nodiscard]] std::string_view name(ChildState state) noexcept;

}  // namespace ros::control::pid1
