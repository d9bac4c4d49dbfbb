#include "host/autoformat.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "sys/block.h"
#include "sys/process.h"

namespace ros::host {
namespace {

constexpr sys::Millis kFormatLimit{10 * 60'000};

bool is_empty(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char c) { return c == '\0'; });
}

Result<bool> may_format_disk(const std::string& device, const sys::Files& files) {
  const auto head = files.read_head(device, kEmptyEnd);
  if (!head) return std::unexpected(head.error());
  const auto tail = files.read_tail(device, kEmptyEnd);
  if (!tail) return std::unexpected(tail.error());
  return may_format(*head, *tail);
}

}  // namespace

bool may_format(std::string_view head, std::string_view tail) {
  if (head.size() < kEmptyEnd) return false;
  return head.starts_with(kFormatMe) || (is_empty(head) && is_empty(tail));
}

Result<void> make_ext4(const std::string& device, const std::string& label) {
  // A single -F still refuses a device that is in use.
  const auto finished = sys::run({.argv = {"/sbin/mkfs.ext4", "-q", "-F", "-L", label, device},
                                  .environment = {"PATH=/sbin:/bin"},
                                  .cgroup = {}},
                                 kFormatLimit);
  if (!finished) return std::unexpected(finished.error());
  if (finished->status.ok()) return {};
  return fail("mkfs.ext4 '" + device + "': " + finished->status.describe() + ": " +
              std::string(trim(finished->output)));
}

Result<void> autoformat(const plan::Autoformat& action, const sys::Files& files,
                        const Format& format) {
  if (sys::find_block_device(files, action.state)) return {};
  for (const auto& wanted : action.devices) {
    const auto device = sys::find_block_device(files, wanted);
    const auto may = device ? may_format_disk(*device, files) : Result<bool>(false);
    if (!device) {
      log(LogLevel::kNotice, "autoformat: '" + wanted + "' is not there");
    } else if (!may) {
      log(LogLevel::kWarning, "autoformat: " + may.error().message);
    } else if (!*may) {
      log(LogLevel::kNotice, "autoformat: '" + *device + "' is not empty and left alone");
    } else {
      log(LogLevel::kNotice,
          "autoformat: making the state on '" + *device + "', the first in the list that is empty");
      return format(*device, action.label);
    }
  }
  return {};
}

}  // namespace ros::host
