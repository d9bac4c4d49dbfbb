// Client: the command line's side of the control socket. Blocks.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/result.h"
#include "control/frame.h"
#include "control/protocol.h"
#include "sys/fd.h"

namespace ros::control {

class Client {
 public:
  // `patience` is how long the manager may stay silent while an answer is due.
  [[nodiscard]] static Result<Client> connect(
      const std::string& socket = kSocketPath,
      std::chrono::milliseconds patience = std::chrono::seconds(60));

  // One request and its whole answer. Errors: the manager's own, or of the connection.
  template <class Operation>
  [[nodiscard]] Result<typename Operation::Reply> call(const Operation& operation) {
    Result<typename Operation::Reply> last = fail("no answer");
    const auto ended = call_parts(operation, [&](typename Operation::Reply& part) {
      last = std::move(part);
      return true;
    });
    if (!ended) return std::unexpected(ended.error());
    return last;
  }

  // The answer in parts, until it ends or `on_part` gives false (then the client is of no more
  // use). The manager may be silent for ever between parts.
  template <class Operation>
  [[nodiscard]] Result<void> call_parts(
      const Operation& operation, const std::function<bool(typename Operation::Reply&)>& on_part) {
    if (auto sent = send_request(operation); !sent) return sent;
    for (bool first = true;; first = false) {
      const auto frame = receive(first);
      if (!frame) return std::unexpected(frame.error());
      auto answer = decode_reply<typename Operation::Reply>(*frame);
      if (!answer) return std::unexpected(answer.error());
      if (!on_part(answer->reply) || !answer->more) return {};
    }
  }

 private:
  Client(sys::UniqueFd fd, std::chrono::milliseconds patience)
      : fd_(std::move(fd)), patience_(patience) {}
  [[nodiscard]] Result<void> send_request(const Request& request);
  [[nodiscard]] Result<std::string> receive(bool limited);
  [[nodiscard]] Result<void> wait(short events, bool limited) const;

  sys::UniqueFd fd_;
  std::chrono::milliseconds patience_;
  FrameReader reader_;
  bool greeted_ = false;
};

}  // namespace ros::control
