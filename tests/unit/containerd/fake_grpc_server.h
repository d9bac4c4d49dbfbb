// A gRPC server for tests: nghttp2's server side on a unix socket, in the test's own event loop.
#pragma once

#include <gtest/gtest.h>
#include <nghttp2/nghttp2.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sys/event_loop.h"
#include "sys/fd.h"
#include "sys/socket.h"

namespace ros::containerd {

class FakeGrpcServer {
 public:
  struct Request {
    std::map<std::string, std::string> headers;
    std::string body;  // framed
  };
  struct Response {
    std::string body;  // framed; several messages are several frames
    std::map<std::string, std::string> trailers = {{"grpc-status", "0"}};
    std::string http_status = "200";
    std::string content_type = "application/grpc";
    bool held = false;  // never answered
  };
  using Handler = std::function<Response(const Request&)>;

  FakeGrpcServer(sys::EventLoop& loop, std::string path, Handler handler);
  FakeGrpcServer(const FakeGrpcServer&) = delete;
  FakeGrpcServer& operator=(const FakeGrpcServer&) = delete;
  ~FakeGrpcServer();

  void drop_connections();                   // as when the daemon dies
  void write_raw(const std::string& bytes);  // past HTTP/2, to every connection
  void go_away();                            // graceful: no new streams

  int connections = 0;  // accepted so far
  int resets = 0;       // RST_STREAM frames received
  std::vector<Request> requests;

 private:
  struct Peer;
  friend struct Peer;
  void accept();

  sys::EventLoop& loop_;
  std::string path_;
  Handler handler_;
  sys::UniqueFd listener_;
  std::map<int, std::unique_ptr<Peer>> peers_;
};

// One accepted connection.
struct FakeGrpcServer::Peer {
  struct Stream {
    Request request;
    Response response;
    std::size_t sent = 0;
  };

  Peer(FakeGrpcServer& owner, sys::UniqueFd socket) : server(owner), fd(std::move(socket)) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_server_new(&session, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, nullptr, 0);
    EXPECT_TRUE(server.loop_.watch(fd.get(), EPOLLIN, [this](std::uint32_t) { receive(); }));
    flush();
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() {
    server.loop_.unwatch(fd.get());
    nghttp2_session_del(session);
  }

  void receive() {
    std::array<std::uint8_t, 65536> buffer;
    const auto size = recv(fd.get(), buffer.data(), buffer.size(), 0);
    if (size <= 0) {
      server.peers_.erase(fd.get());
      return;
    }
    EXPECT_GE(nghttp2_session_mem_recv(session, buffer.data(), static_cast<std::size_t>(size)), 0);
    flush();
  }

  // Test data is small enough for the socket's buffer, so it is sent whole.
  void flush() {
    const std::uint8_t* bytes = nullptr;
    for (;;) {
      const auto size = nghttp2_session_mem_send(session, &bytes);
      if (size <= 0) return;
      send_all(std::string(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size)));
    }
  }

  void send_all(const std::string& bytes) const {
    EXPECT_EQ(send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }

  static Peer& self(void* user) { return *static_cast<Peer*>(user); }

  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size,
                       std::uint8_t, void* user) {
    self(user).streams[frame->hd.stream_id].request.headers.emplace(
        std::string(reinterpret_cast<const char*>(name), name_size),
        std::string(reinterpret_cast<const char*>(value), value_size));
    return 0;
  }

  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes,
                     std::size_t size, void* user) {
    self(user).streams[id].request.body.append(reinterpret_cast<const char*>(bytes), size);
    return 0;
  }

  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_RST_STREAM) ++self(user).server.resets;
    if ((frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0 &&
        (frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS))
      self(user).answer(frame->hd.stream_id);
    return 0;
  }

  void answer(std::int32_t id) {
    Stream& stream = streams[id];
    server.requests.push_back(stream.request);
    stream.response = server.handler_(stream.request);
    if (stream.response.held) return;
    const std::map<std::string, std::string> head = {
        {":status", stream.response.http_status}, {"content-type", stream.response.content_type}};
    const auto fields = to_fields(head);
    nghttp2_data_provider provider{};
    provider.read_callback = read_body;
    nghttp2_submit_response(session, id, fields.data(), fields.size(), &provider);
  }

  static ssize_t read_body(nghttp2_session* session, std::int32_t id, std::uint8_t* buffer,
                           std::size_t size, std::uint32_t* flags, nghttp2_data_source*,
                           void* user) {
    Stream& stream = self(user).streams[id];
    const auto part = std::min(size, stream.response.body.size() - stream.sent);
    std::memcpy(buffer, stream.response.body.data() + stream.sent, part);
    stream.sent += part;
    if (stream.sent == stream.response.body.size()) {
      *flags |= NGHTTP2_DATA_FLAG_EOF;
      if (!stream.response.trailers.empty()) {
        *flags |= NGHTTP2_DATA_FLAG_NO_END_STREAM;
        const auto fields = to_fields(stream.response.trailers);
        nghttp2_submit_trailer(session, id, fields.data(), fields.size());
      }
    }
    return static_cast<ssize_t>(part);
  }

  static std::vector<nghttp2_nv> to_fields(const std::map<std::string, std::string>& headers) {
    std::vector<nghttp2_nv> fields;
    const auto bytes = [](const std::string& text) {
      return reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
    };
    for (const auto& [name, value] : headers)
      fields.push_back(
          {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE});
    return fields;
  }

  FakeGrpcServer& server;
  sys::UniqueFd fd;
  nghttp2_session* session = nullptr;
  std::map<std::int32_t, Stream> streams;
};

inline FakeGrpcServer::FakeGrpcServer(sys::EventLoop& loop, std::string path, Handler handler)
    : loop_(loop), path_(std::move(path)), handler_(std::move(handler)) {
  listener_ = sys::listen_unix(path_, sys::SocketKind::kStream, 0600).value();
  EXPECT_TRUE(loop_.watch(listener_.get(), EPOLLIN, [this](std::uint32_t) { accept(); }));
}

inline FakeGrpcServer::~FakeGrpcServer() {
  loop_.unwatch(listener_.get());
}

inline void FakeGrpcServer::accept() {
  auto fd = sys::accept_unix(listener_.get());
  ASSERT_TRUE(fd) << fd.error().message;
  const int number = fd->get();
  ++connections;
  peers_[number] = std::make_unique<Peer>(*this, std::move(*fd));
}

inline void FakeGrpcServer::drop_connections() {
  peers_.clear();
}

inline void FakeGrpcServer::write_raw(const std::string& bytes) {
  for (const auto& [fd, peer] : peers_) peer->send_all(bytes);
}

inline void FakeGrpcServer::go_away() {
  for (const auto& [fd, peer] : peers_) {
    nghttp2_submit_goaway(peer->session, NGHTTP2_FLAG_NONE,
                          nghttp2_session_get_last_proc_stream_id(peer->session), NGHTTP2_NO_ERROR,
                          nullptr, 0);
    peer->flush();
  }
}

}  // namespace ros::containerd
