#include "base/result.h"

#include <cstring>

namespace ros {

std::unexpected<Error> fail(std::string message) {
  return std::unexpected(Error{0, std::move(message)});
}

std::unexpected<Error> fail_errno(std::string_view what, int code) {
  return std::unexpected(Error{code, std::string(what) + ": " + std::strerror(code)});
}

std::unexpected<Error> context(std::string_view what, const Error& inner) {
  return std::unexpected(Error{inner.code, std::string(what) + ": " + inner.message});
}

}  // namespace ros
