// Frames on a byte stream: length (u32, little endian), then so many bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ros::control {

inline constexpr std::size_t kLongestFrame = std::size_t{1} << 20U;

// `body` must not be longer than kLongestFrame.
[[nodiscard]] std::string encode_frame(std::string_view body);

// Collects bytes and hands out whole frames. Holds at most one frame and one feed() more.
class FrameReader {
 public:
  void feed(std::string_view bytes) { buffer_.append(bytes); }
  // The next whole frame, nothing when bytes are missing, an error for a length of zero or above
  // kLongestFrame: then the stream is of no more use.
  [[nodiscard]] Result<std::optional<std::string>> next();

 private:
  std::string buffer_;
};

}  // namespace ros::control
