#include "containerd/http2.h"

#include <array>
#include <cstring>

namespace ros::containerd {
namespace {

constexpr std::uint32_t kStreamWindow = 1U << 20U;
constexpr std::int32_t kConnectionWindow = 4 << 20;

std::unexpected<Error> http2_error(std::string_view what, std::int64_t code) {
  return std::unexpected(
      Error{EPROTO, std::string(what) + ": " + nghttp2_strerror(static_cast<int>(code))});
}

// nghttp2 does not change names and values; its C interface only lacks the const.
nghttp2_nv header(const std::pair<std::string, std::string>& pair) {
  const auto bytes = [](const std::string& text) {
    return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  };
  return {bytes(pair.first), bytes(pair.second), pair.first.size(), pair.second.size(),
          NGHTTP2_NV_FLAG_NONE};
}

std::string_view view(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

struct Http2::Callbacks {
  static Stream* find(void* self, StreamId id) {
    auto& streams = static_cast<Http2*>(self)->streams_;
    const auto found = streams.find(id);
    return found == streams.end() ? nullptr : &found->second;
  }

  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t, void* self) {
    Stream* stream = find(self, frame->hd.stream_id);
    if (stream == nullptr || stream->sink == nullptr) return 0;
    stream->header_bytes += name_size + value_size;
    if (stream->header_bytes > kHeaderLimit) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    stream->sink->on_header(view(name, name_size), view(value, value_size));
    return 0;
  }

  static int on_data(nghttp2_session*, std::uint8_t, StreamId id, const std::uint8_t* bytes,
                     std::size_t size, void* self) {
    Stream* stream = find(self, id);
    if (stream != nullptr && stream->sink != nullptr) stream->sink->on_data(view(bytes, size));
    return 0;
  }

  static int on_close(nghttp2_session*, StreamId id, std::uint32_t error_code, void* self) {
    Stream* stream = find(self, id);
    if (stream == nullptr) return 0;
    StreamSink* sink = stream->sink;
    static_cast<Http2*>(self)->streams_.erase(id);
    if (sink != nullptr) sink->on_close(error_code);
    return 0;
  }

  static ssize_t read_body(nghttp2_session*, StreamId id, std::uint8_t* buffer, std::size_t size,
                           std::uint32_t* flags, nghttp2_data_source*, void* self) {
    Stream* stream = find(self, id);
    if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    const std::size_t part = std::min(size, stream->body.size() - stream->sent);
    std::memcpy(buffer, stream->body.data() + stream->sent, part);
    stream->sent += part;
    if (stream->sent == stream->body.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(part);
  }
};

Result<std::unique_ptr<Http2>> Http2::create() {
  nghttp2_session_callbacks* callbacks = nullptr;
  if (nghttp2_session_callbacks_new(&callbacks) != 0) return fail_errno("nghttp2", ENOMEM);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, Callbacks::on_header);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, Callbacks::on_data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, Callbacks::on_close);
  std::unique_ptr<Http2> http2(new Http2);
  const Result<void> started = http2->start(callbacks);
  nghttp2_session_callbacks_del(callbacks);
  if (!started) return std::unexpected(started.error());
  return http2;
}

Result<void> Http2::start(const nghttp2_session_callbacks* callbacks) {
  int code = nghttp2_session_client_new(&session_, callbacks, this);
  if (code != 0) return http2_error("nghttp2 session", code);
  const std::array settings = {
      nghttp2_settings_entry{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, kStreamWindow},
      nghttp2_settings_entry{NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kHeaderLimit},
  };
  code = nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings.data(), settings.size());
  if (code != 0) return http2_error("nghttp2 settings", code);
  code = nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, kConnectionWindow);
  if (code != 0) return http2_error("nghttp2 window", code);
  return {};
}

Http2::~Http2() {
  nghttp2_session_del(session_);
}

Result<Http2::StreamId> Http2::request(const Headers& headers, std::string body, StreamSink& sink) {
  std::vector<nghttp2_nv> fields;
  for (const auto& pair : headers) fields.push_back(header(pair));
  nghttp2_data_provider provider{};
  provider.read_callback = Callbacks::read_body;
  const StreamId id =
      nghttp2_submit_request(session_, nullptr, fields.data(), fields.size(), &provider, nullptr);
  if (id < 0) return http2_error("nghttp2 request", id);
  streams_.emplace(id, Stream{&sink, std::move(body)});
  return id;
}

void Http2::cancel(StreamId stream) {
  const auto found = streams_.find(stream);
  if (found == streams_.end()) return;
  // The entry stays until nghttp2 closes the stream: it may ask for the body once more.
  found->second.sink = nullptr;
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, stream, NGHTTP2_CANCEL);
}

void Http2::lose(const Error& reason) {
  const auto streams = std::exchange(streams_, {});
  for (const auto& [id, stream] : streams)
    if (stream.sink != nullptr) stream.sink->on_lost(reason);
}

Result<void> Http2::receive(std::string_view bytes) {
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  const auto used = nghttp2_session_mem_recv(session_, data, bytes.size());
  if (used < 0) return http2_error("HTTP/2", used);
  return {};
}

Result<std::string_view> Http2::output() {
  const std::uint8_t* bytes = nullptr;
  const auto size = nghttp2_session_mem_send(session_, &bytes);
  if (size < 0) return http2_error("HTTP/2", size);
  return view(bytes, static_cast<std::size_t>(size));
}

bool Http2::takes_requests() const {
  return nghttp2_session_check_request_allowed(session_) != 0;
}

bool Http2::alive() const {
  return nghttp2_session_want_read(session_) != 0 || nghttp2_session_want_write(session_) != 0;
}

}  // namespace ros::containerd
