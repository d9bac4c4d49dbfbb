#include "containerd/grpc_wire.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace ros::containerd {
namespace {

constexpr std::size_t kHeadSize = 5;
constexpr std::size_t kStatusTextLimit = 2048;

struct StatusRow {
  const char* text;  // used when the daemon sent no message
  int code;
};

// In the order of the gRPC status codes.
constexpr std::array kStatusTable = {
    StatusRow{"ok", 0},
    StatusRow{"cancelled", ECANCELED},
    StatusRow{"unknown error", EIO},
    StatusRow{"invalid argument", EINVAL},
    StatusRow{"deadline exceeded", ETIMEDOUT},
    StatusRow{"not found", ENOENT},
    StatusRow{"already exists", EEXIST},
    StatusRow{"permission denied", EACCES},
    StatusRow{"resource exhausted", ENOBUFS},
    StatusRow{"failed precondition", EBUSY},
    StatusRow{"aborted", EAGAIN},
    StatusRow{"out of range", ERANGE},
    StatusRow{"not implemented", ENOSYS},
    StatusRow{"internal error", EIO},
    StatusRow{"unavailable", ECONNREFUSED},
    StatusRow{"data loss", EIO},
    StatusRow{"unauthenticated", EACCES},
};

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::unexpected<Error> protocol_error(std::string message) {
  return std::unexpected(Error{EPROTO, std::move(message)});
}

}  // namespace

std::string frame_message(std::string_view message) {
  std::string frame;
  frame.reserve(kHeadSize + message.size());
  frame += '\0';
  for (unsigned shift = 32; shift != 0;) {
    shift -= 8;
    frame += static_cast<char>((message.size() >> shift) & 0xffU);
  }
  frame += message;
  return frame;
}

Result<void> FrameReader::feed(std::string_view bytes, std::vector<std::string>& messages) {
  for (;;) {
    if (!in_body_) {
      const auto part = std::min(kHeadSize - head_.size(), bytes.size());
      head_ += bytes.substr(0, part);
      bytes.remove_prefix(part);
      if (head_.size() < kHeadSize) return {};
      if (head_[0] != '\0') return protocol_error("compressed message");
      wanted_ = 0;
      for (std::size_t i = 1; i < kHeadSize; ++i)
        wanted_ = wanted_ << 8U | static_cast<unsigned char>(head_[i]);
      if (wanted_ > kMessageLimit)
        return protocol_error(fmt::format("message of {} bytes is too large", wanted_));
      in_body_ = true;
    }
    const auto part = std::min(wanted_ - body_.size(), bytes.size());
    body_ += bytes.substr(0, part);
    bytes.remove_prefix(part);
    if (body_.size() < wanted_) return {};
    messages.push_back(std::exchange(body_, {}));
    head_.clear();
    in_body_ = false;
  }
}

std::string timeout_header(sys::Millis timeout) {
  constexpr std::int64_t kMost = 99'999'999;
  const std::int64_t millis = std::max<std::int64_t>(timeout.count(), 1);
  if (millis <= kMost) return fmt::format("{}m", millis);
  return fmt::format("{}S", std::min(millis / 1000, kMost));
}

std::string decode_status_message(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size() && decoded.size() < kStatusTextLimit; ++i) {
    char c = text[i];
    if (c == '%' && i + 2 < text.size()) {
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high >= 0 && low >= 0) {
        c = static_cast<char>(high * 16 + low);
        i += 2;
      }
    }
    const auto code = static_cast<unsigned char>(c);
    decoded += code < 0x20 || code == 0x7f ? ' ' : c;
  }
  return decoded;
}

void ResponseHead::add(std::string_view name, std::string_view value) {
  if (name == ":status") http_status = value;
  if (name == "content-type") content_type = value;
  if (name == "grpc-status") grpc_status = value;
  if (name == "grpc-message") grpc_message = value;
}

Result<void> ResponseHead::status() const {
  if (http_status != "200") return protocol_error(fmt::format("HTTP status '{}'", http_status));
  if (!content_type.starts_with("application/grpc"))
    return protocol_error(fmt::format("content type '{}' is not gRPC", content_type));
  const Result<std::int64_t> code = parse_int(grpc_status);
  if (!code) return protocol_error(fmt::format("gRPC status '{}'", grpc_status));
  if (*code == 0) return {};
  std::string text = decode_status_message(grpc_message);
  if (text.empty()) {
    const bool known = *code > 0 && *code < static_cast<std::int64_t>(kStatusTable.size());
    text = known ? kStatusTable[static_cast<std::size_t>(*code)].text
                 : fmt::format("gRPC status {}", *code);
  }
  return std::unexpected(Error{errno_of_status(*code), std::move(text)});
}

int errno_of_status(std::int64_t grpc_status) {
  if (grpc_status < 0 || grpc_status >= static_cast<std::int64_t>(kStatusTable.size())) return EIO;
  return kStatusTable[static_cast<std::size_t>(grpc_status)].code;
}

std::string call_name(std::string_view path) {
  constexpr std::string_view kPrefix = "/containerd.services.";
  const auto slash = path.rfind('/');
  if (!path.starts_with(kPrefix) || slash <= kPrefix.size()) return std::string(path);
  const std::string_view family = path.substr(kPrefix.size(), slash - kPrefix.size());
  return fmt::format("{}.{}", family.substr(0, family.find('.')), path.substr(slash + 1));
}

}  // namespace ros::containerd
