#include "control/frame.h"

#include <fmt/format.h>

namespace ros::control {
namespace {

constexpr std::size_t kHead = 4;

[[nodiscard]] std::size_t read_length(std::string_view head) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < kHead; ++i) {
    length |= static_cast<std::size_t>(static_cast<unsigned char>(head[i])) << (8 * i);
  }
  return length;
}

}  // namespace

std::string encode_frame(std::string_view body) {
  std::string frame;
  frame.reserve(kHead + body.size());
  for (std::size_t i = 0; i < kHead; ++i) {
    frame.push_back(static_cast<char>((body.size() >> (8 * i)) & 0xffU));
  }
  return frame.append(body);
}

Result<std::optional<std::string>> FrameReader::next() {
  if (buffer_.size() < kHead) return std::nullopt;
  const std::size_t length = read_length(buffer_);
  if (length == 0 || length > kLongestFrame) {
    return fail_errno(fmt::format("frame of {} bytes", length), EMSGSIZE);
  }
  if (buffer_.size() < kHead + length) return std::nullopt;
  std::string body = buffer_.substr(kHead, length);
  buffer_.erase(0, kHead + length);
  return std::optional(std::move(body));
}

}  // namespace ros::control
