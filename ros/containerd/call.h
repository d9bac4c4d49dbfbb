// Call: one gRPC call in flight. It begins when constructed; destroying it cancels it.
// UnaryCall and unary(): one message there, one back, as a coroutine.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "containerd/channel.h"
#include "sys/task.h"

namespace ros::containerd {

using ChannelPtr = std::shared_ptr<Channel>;

// What is called and for what: errors read "containerd: containers.Create 'docker.3': cause".
struct Method {
  std::string_view path;  // "/containerd.services.containers.v1.Containers/Create", static
  std::string object;     // id, name or digest; "" = none

  [[nodiscard]] std::string describe() const;
};

class Call {
 public:
  // Both run from a turn of the loop of their own, never from the constructor, and may destroy the
  // Call. `on_end` is the last; errors carry the method.
  struct Handlers {
    std::function<void(std::string message)> on_message;
    std::function<void(Result<void>)> on_end;
  };

  // A deadline of zero is none.
  Call(const ChannelPtr& channel, const Method& method, std::string_view request,
       sys::Millis deadline, Handlers handlers);
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  ~Call();

 private:
  class State;
  std::shared_ptr<State> state_;
};

class UnaryCall {
 public:
  UnaryCall(const ChannelPtr& channel, Method method, std::string_view request,
            sys::Millis deadline);

  // The response's bytes; await it once.
  [[nodiscard]] sys::Completion<Result<std::string>>& done() { return done_; }

  // Parses what done() gave.
  template <class Response>
  [[nodiscard]] Result<Response> decode(const Result<std::string>& bytes) const {
    if (!bytes) return std::unexpected(bytes.error());
    Response response;
    if (!response.ParseFromString(*bytes)) return std::unexpected(undecodable());
    return response;
  }

 private:
  void finish(const Result<void>& end);
  [[nodiscard]] Error undecodable() const;

  Method method_;
  std::string response_;
  int messages_ = 0;
  sys::Completion<Result<std::string>> done_;
  Call call_;
};

// What is left of a deadline that began to run at `begin`; zero is none and stays so.
[[nodiscard]] sys::Millis left_of(const Channel& channel, sys::Millis begin, sys::Millis deadline);

template <class Response, class Request>
sys::Task<Result<Response>> unary(ChannelPtr channel, Method method, Request request,
                                  sys::Millis deadline) {
  const std::string bytes = request.SerializeAsString();
  UnaryCall call(channel, method, bytes, deadline);
  auto& done = call.done();  // a name: g++ 12 copies what a call in co_await returns
  const Result<std::string> answer = co_await done;
  co_return call.template decode<Response>(answer);
}

// For calls whose response says nothing.
template <class Response, class Request>
sys::Task<Result<void>> unary_done(ChannelPtr channel, Method method, Request request,
                                   sys::Millis deadline) {
  auto call = unary<Response>(std::move(channel), std::move(method), std::move(request), deadline);
  const Result<Response> response = co_await call;
  if (!response) co_return std::unexpected(response.error());
  co_return Result<void>();
}

}  // namespace ros::containerd
