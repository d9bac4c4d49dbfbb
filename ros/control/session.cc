#include "control/session.h"

namespace ros::control {

std::optional<Result<Request>> Session::next() {
  if (broken_) return std::nullopt;
  auto frame = reader_.next();
  if (!frame) return give_up(frame.error());
  if (!frame->has_value()) return std::nullopt;
  if (!greeted_) {
    const auto hello = decode_hello(**frame);
    if (!hello) return give_up(hello.error());
    greeted_ = true;
    return next();
  }
  auto request = decode_request(**frame);
  if (!request) return request;
  if (const auto allowed = check_role(caller_, *request); !allowed)
    return std::unexpected(allowed.error());
  return request;
}

std::unexpected<Error> Session::give_up(const Error& error) {
  broken_ = true;
  return std::unexpected(error);
}

}  // namespace ros::control
