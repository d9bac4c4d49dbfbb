// gRPC over HTTP/2 as bytes (grpc/doc/PROTOCOL-HTTP2.md): message frames, the timeout header, the
// status in the trailers. Pure, and safe on any input: a peer's garbage is EPROTO.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sys/event_loop.h"

namespace ros::containerd {

inline constexpr std::size_t kMessageLimit = std::size_t{16} << 20U;  // bytes, both directions

// One byte "not compressed", four bytes of length, the message.
[[nodiscard]] std::string frame_message(std::string_view message);

// Cuts a byte stream into messages.
class FrameReader {
 public:
  // Adds `bytes` and appends the messages that are complete. After an error the reader is done.
  [[nodiscard]] Result<void> feed(std::string_view bytes, std::vector<std::string>& messages);
  // False in the middle of a message.
  [[nodiscard]] bool at_boundary() const { return head_.empty() && !in_body_; }

 private:
  std::string head_;  // up to 5 bytes
  std::string body_;
  std::size_t wanted_ = 0;
  bool in_body_ = false;
};

// "1500m": milliseconds, or seconds when that takes more than the 8 digits allowed.
[[nodiscard]] std::string timeout_header(sys::Millis timeout);

// grpc-message: %XX decoded, control characters made blanks, cut at 2 KiB.
[[nodiscard]] std::string decode_status_message(std::string_view text);

// What the headers and trailers of one call said.
struct ResponseHead {
  std::string http_status;
  std::string content_type;
  std::string grpc_status;
  std::string grpc_message;  // as received

  void add(std::string_view name, std::string_view value);
  // Success, the daemon's error (see client.h for the codes), or EPROTO when this is no gRPC.
  [[nodiscard]] Result<void> status() const;
};

// errno value for a gRPC status code.
[[nodiscard]] int errno_of_status(std::int64_t grpc_status);

// "/containerd.services.containers.v1.Containers/Create" -> "containers.Create"
[[nodiscard]] std::string call_name(std::string_view path);

}  // namespace ros::containerd
