// The server's side of one connection without the socket: bytes in, requests or an error out.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "control/frame.h"
#include "control/protocol.h"

namespace ros::control {

class Session {
 public:
  explicit Session(Role caller) : caller_(caller) {}

  void feed(std::string_view bytes) { reader_.feed(bytes); }

  // The next request, or nothing when bytes are missing. An error of decode_request() or
  // check_role() is for the client to see, the session goes on; after any other one broken() holds.
  [[nodiscard]] std::optional<Result<Request>> next();
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  [[nodiscard]] std::unexpected<Error> give_up(const Error& error);

  Role caller_;
  FrameReader reader_;
  bool greeted_ = false;
  bool broken_ = false;
};

}  // namespace ros::control
