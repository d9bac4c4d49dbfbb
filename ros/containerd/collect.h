// Calls whose answer comes in pieces (server streaming), put together.
#pragma once

#include <cerrno>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "containerd/call.h"

namespace ros::containerd {

template <class Piece, class Whole>
class Collector {
 public:
  // Adds a piece to the whole; an error ends the call.
  using Add = std::function<Result<void>(const Piece&, Whole&)>;

  Collector(const ChannelPtr& channel, Method method, const std::string& request,
            sys::Millis deadline, Add add)
      : method_(std::move(method)),
        add_(std::move(add)),
        call_(std::make_unique<Call>(
            channel, method_, request, deadline,
            Call::Handlers{[this](const std::string& message) { on_message(message); },
                           [this](const Result<void>& end) { on_end(end); }})) {}

  [[nodiscard]] sys::Completion<Result<Whole>>& done() { return done_; }

 private:
  void on_message(const std::string& message) {
    Piece piece;
    if (!piece.ParseFromString(message)) return end({EPROTO, "response can't be decoded"});
    if (const auto added = add_(piece, whole_); !added) end(added.error());
  }

  void on_end(const Result<void>& result) {
    if (!result) return done_.set(std::unexpected(result.error()));
    done_.set(std::move(whole_));
  }

  void end(const Error& error) {
    call_.reset();
    done_.set(std::unexpected(Error{error.code, method_.describe() + ": " + error.message}));
  }

  Method method_;
  Add add_;
  Whole whole_;
  sys::Completion<Result<Whole>> done_;
  std::unique_ptr<Call> call_;
};

// The whole answer; errors name the method.
template <class Piece, class Whole, class Request>
sys::Task<Result<Whole>> collect(ChannelPtr channel, Method method, Request request,
                                 sys::Millis deadline, typename Collector<Piece, Whole>::Add add) {
  const std::string bytes = request.SerializeAsString();
  Collector<Piece, Whole> collector(channel, method, bytes, deadline, std::move(add));
  auto& done = collector.done();  // a name: g++ 12 copies what a call in co_await returns
  co_return co_await done;
}

}  // namespace ros::containerd
