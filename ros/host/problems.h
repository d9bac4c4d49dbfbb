// Several failures of one step as one error: the step goes on with what is not affected.
#pragma once

#include <string>

#include "base/result.h"

namespace ros::host {

class Problems {
 public:
  void add(const Error& error) {
    if (!text_.empty()) text_ += "; ";
    text_ += error.message;
    code_ = error.code;
  }
  void add(const Result<void>& result) {
    if (!result) add(result.error());
  }
  [[nodiscard]] Result<void> result() const {
    if (text_.empty()) return {};
    return std::unexpected(Error{code_, text_});
  }

 private:
  std::string text_;
  int code_ = 0;
};

}  // namespace ros::host
