#include "host/autoformat.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "sys/block.h"
#include "sys/process.h"

namespace ros::host {
namespace {

constexpr sys::Millis kFormatLimit{10 * 60'000};

}  // namespace

bool may_format(std::string_view head) {
  if (head.size() < kEmptyHead) return false;
  return head.starts_with(kFormatMe) || std::ranges::all_of(head, [](char c) { return c == '\0'; });
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
    const auto head = device ? files.read_head(*device, kEmptyHead) : Result<std::string>("");
    if (!device) {
      log(LogLevel::kNotice, "autoformat: '" + wanted + "' is not there");
    } else if (!head) {
      log(LogLevel::kWarning, "autoformat: " + head.error().message);
    } else if (!may_format(*head)) {
      log(LogLevel::kNotice, "autoformat: '" + *device + "' is not empty and left alone");
    } else {
      log(LogLevel::kNotice, "autoformat: making the state on '" + *device + "'");
      return format(*device, action.label);
    }
  }
  return {};
}

}  // namespace ros::host
