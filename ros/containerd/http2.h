// Http2: the client side of one HTTP/2 connection (nghttp2) without any input or output of its own:
// bytes in through receive(), bytes out through output(). The channel moves them; tests and fuzzers
// do it by hand.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace ros::containerd {

inline constexpr std::size_t kHeaderLimit = std::size_t{64} << 10U;  // bytes a stream

// Who made a request. Called from inside Http2: note it down, never call back into Http2 from here.
class StreamSink {
 public:
  StreamSink() = default;
  StreamSink(const StreamSink&) = delete;
  StreamSink& operator=(const StreamSink&) = delete;
  virtual ~StreamSink() = default;
  virtual void on_header(std::string_view name, std::string_view value) = 0;  // trailers too
  virtual void on_data(std::string_view bytes) = 0;
  // The last call: RFC 9113 error code, 0 = ended as it should.
  virtual void on_close(std::uint32_t error_code) = 0;
  // The last call, instead of on_close: the connection is gone.
  virtual void on_lost(const Error& reason) = 0;
};

class Http2 {
 public:
  using Headers = std::vector<std::pair<std::string, std::string>>;
  using StreamId = std::int32_t;

  [[nodiscard]] static Result<std::unique_ptr<Http2>> create();
  Http2(const Http2&) = delete;
  Http2& operator=(const Http2&) = delete;
  ~Http2();

  // One request with its whole body. `sink` must live until its last call or cancel().
  [[nodiscard]] Result<StreamId> request(const Headers& headers, std::string body,
                                         StreamSink& sink);
  // Resets the stream; its sink is not called again. Unknown and ended streams are fine.
  void cancel(StreamId stream);
  // Tells every open stream that the connection is gone.
  void lose(const Error& reason);

  // An error (EPROTO) ends the connection.
  [[nodiscard]] Result<void> receive(std::string_view bytes);
  // The next bytes to send, valid until the next call of anything here; empty = none now.
  [[nodiscard]] Result<std::string_view> output();

  // False once the peer said that it takes no more streams.
  [[nodiscard]] bool takes_requests() const;
  // False when nothing can come or go any more.
  [[nodiscard]] bool alive() const;

 private:
  struct Stream {
    StreamSink* sink = nullptr;  // nullptr: cancelled
    std::string body;
    std::size_t sent = 0;
    std::size_t header_bytes = 0;
  };
  struct Callbacks;  // nghttp2's, as static functions

  Http2() = default;
  [[nodiscard]] Result<void> start(const nghttp2_session_callbacks* callbacks);

  nghttp2_session* session_ = nullptr;
  std::map<StreamId, Stream> streams_;
};

}  // namespace ros::containerd
