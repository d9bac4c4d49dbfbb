// Result<T>: the only way a function of this tree reports failure.
//
// An Error is a code (an errno value, or 0 when none applies) and a message for people. Callers
// add what they were doing with `context`; the outer step stands first, the cause last:
//   stage 'state': mount '/dev/vda2' on '/state' (ext4): No such device
#pragma once

#include <cerrno>
#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace ros {

struct Error {
  int code = 0;         // errno value, 0 when the failure has none
  std::string message;  // one line, no trailing newline

  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
};

// An error without an errno.
[[nodiscard]] std::unexpected<Error> fail(std::string message);

// `what` followed by the text of `code` (default: errno at the call).
[[nodiscard]] std::unexpected<Error> fail_errno(std::string_view what, int code = errno);

// Passes on the error of `inner` with `what` in front.
[[nodiscard]] std::unexpected<Error> context(std::string_view what, const Error& inner);

}  // namespace ros
