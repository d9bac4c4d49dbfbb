#include "containerd/call.h"

#include <fmt/format.h>

#include <algorithm>

#include "containerd/grpc_wire.h"

namespace ros::containerd {
namespace {

Http2::Headers request_headers(const ClientOptions& options, std::string_view path,
                               sys::Millis deadline) {
  Http2::Headers headers = {
      {":method", "POST"},
      {":scheme", "http"},
      {":path", std::string(path)},
      {":authority", "localhost"},
      {"te", "trailers"},
      {"content-type", "application/grpc"},
      {"user-agent", "ros/" ROS_VERSION},
      {"containerd-namespace", options.name_space},
  };
  if (!options.lease.empty()) headers.emplace_back("containerd-lease", options.lease);
  if (deadline > sys::Millis(0)) headers.emplace_back("grpc-timeout", timeout_header(deadline));
  return headers;
}

Error deadline_exceeded() {
  return Error{ETIMEDOUT, "deadline exceeded"};
}

}  // namespace

std::string Method::describe() const {
  const std::string name = call_name(path);
  return object.empty() ? fmt::format("containerd: {}", name)
                        : fmt::format("containerd: {} '{}'", name, object);
}

// Notes what the connection reports and hands it on in a turn of the loop of its own, so that
// handlers may do anything. Posted turns keep the State alive, `alive_` says whether the Call is.
class Call::State final : public StreamSink, public std::enable_shared_from_this<State> {
 public:
  State(sys::EventLoop& loop, Method method, Handlers handlers)
      : loop_(loop), method_(std::move(method)), handlers_(std::move(handlers)) {}

  void begin(Channel& channel, std::string_view request, sys::Millis deadline) {
    if (request.size() > kMessageLimit) return end(Error{EMSGSIZE, "request is too large"});
    Result<std::shared_ptr<Connection>> connection = channel.connection();
    if (!connection) return end(connection.error());
    connection_ = *connection;
    if (deadline > sys::Millis(0)) arm(deadline);
    const auto headers = request_headers(channel.options(), method_.path, deadline);
    const auto stream = connection_->request(headers, frame_message(request), *this);
    if (!stream) return end(stream.error());
    stream_ = *stream;
  }

  // The Call goes.
  void abandon() {
    alive_ = false;
    release();
  }

  void on_header(std::string_view name, std::string_view value) override { head_.add(name, value); }

  void on_data(std::string_view bytes) override {
    if (ended_) return;
    const Result<void> fed = reader_.feed(bytes, messages_);
    if (!fed) return end(fed.error());
    if (!messages_.empty()) schedule();
  }

  void on_close(std::uint32_t error_code) override {
    stream_ = 0;
    if (!head_.grpc_status.empty() || error_code == 0) {
      const Result<void> status = head_.status();
      // The daemon's timer began after ours: what it gives up on has any code, not just its own.
      if (!status) return end(deadline_passed() ? deadline_exceeded() : status.error());
      if (!reader_.at_boundary()) return end(Error{EPROTO, "response ends within a message"});
      return end(Result<void>());
    }
    // The daemon resets a stream whose grpc-timeout has passed, maybe before our own timer.
    if (error_code == NGHTTP2_CANCEL && timer_ != 0) return end(deadline_exceeded());
    const int code = error_code == NGHTTP2_REFUSED_STREAM ? ECONNREFUSED
                     : error_code == NGHTTP2_CANCEL       ? ECANCELED
                                                          : EPROTO;
    end(Error{code, fmt::format("stream reset: {}", nghttp2_http2_strerror(error_code))});
  }

  void on_lost(const Error& reason) override {
    stream_ = 0;
    end(reason);
  }

 private:
  void arm(sys::Millis deadline) {
    expires_ = loop_.now() + deadline;
    timer_ = loop_.after(deadline, [this] {
      timer_ = 0;
      end(deadline_exceeded());
    });
  }

  [[nodiscard]] bool deadline_passed() const { return timer_ != 0 && loop_.now() >= expires_; }

  // The first end counts.
  void end(Result<void> result) {
    if (ended_) return;
    ended_ = true;
    result_ = std::move(result);
    schedule();
  }
  void end(Error error) { end(Result<void>(std::unexpected(std::move(error)))); }

  void schedule() {
    if (scheduled_) return;
    scheduled_ = true;
    loop_.post([self = shared_from_this()] { self->deliver(); });
  }

  void deliver() {
    scheduled_ = false;
    if (ended_) release();
    auto batch = std::exchange(messages_, {});
    for (auto& message : batch) {
      if (!alive_) return;
      handlers_.on_message(std::move(message));
    }
    if (!alive_ || !ended_) return;
    alive_ = false;
    if (!result_) result_ = context(method_.describe(), result_.error());
    handlers_.on_end(result_);
  }

  // Lets go of the timer, the stream and the connection.
  void release() {
    if (timer_ != 0) loop_.cancel(std::exchange(timer_, 0));
    if (stream_ != 0) connection_->cancel(std::exchange(stream_, 0));
    connection_.reset();
  }

  sys::EventLoop& loop_;
  Method method_;
  Handlers handlers_;
  std::shared_ptr<Connection> connection_;
  Http2::StreamId stream_ = 0;  // 0 = none
  sys::TimerId timer_ = 0;
  sys::Millis expires_{0};  // while timer_ runs
  ResponseHead head_;
  FrameReader reader_;
  std::vector<std::string> messages_;
  Result<void> result_;
  bool ended_ = false;
  bool scheduled_ = false;
  bool alive_ = true;
};

Call::Call(const ChannelPtr& channel, const Method& method, std::string_view request,
           sys::Millis deadline, Handlers handlers)
    : state_(std::make_shared<State>(channel->loop(), method, std::move(handlers))) {
  state_->begin(*channel, request, deadline);
}

Call::~Call() {
  state_->abandon();
}

sys::Millis left_of(const Channel& channel, sys::Millis begin, sys::Millis deadline) {
  if (deadline <= sys::Millis(0)) return sys::Millis(0);
  return std::max(deadline - (channel.loop().now() - begin), sys::Millis(1));
}

UnaryCall::UnaryCall(const ChannelPtr& channel, Method method, std::string_view request,
                     sys::Millis deadline)
    : method_(std::move(method)),
      call_(channel, method_, request, deadline,
            {[this](std::string message) {
               response_ = std::move(message);
               ++messages_;
             },
             [this](const Result<void>& end) { finish(end); }}) {}

void UnaryCall::finish(const Result<void>& end) {
  if (!end) return done_.set(std::unexpected(end.error()));
  if (messages_ != 1)
    return done_.set(std::unexpected(Error{
        EPROTO, fmt::format("{}: {} messages instead of one", method_.describe(), messages_)}));
  done_.set(std::move(response_));
}

Error UnaryCall::undecodable() const {
  return Error{EPROTO, method_.describe() + ": response can't be decoded"};
}

}  // namespace ros::containerd
