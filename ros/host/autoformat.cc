#include "host/autoformat.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "sys/block.h"
#include "sys/block_wait.h"
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

// "" when none is.
Result<std::string> first_empty(const std::vector<std::string>& devices, const sys::Files& files) {
  for (const auto& wanted : devices) {
    const auto device = sys::find_block_device(files, wanted);
    if (!device) {
      log(LogLevel::kNotice, "autoformat: '" + wanted + "' is not there");
      continue;
    }
    const auto may = may_format_disk(*device, files);
    if (!may) return std::unexpected(may.error());
    if (*may) return *device;
    log(LogLevel::kNotice, "autoformat: '" + *device + "' is not empty and left alone");
  }
  return "";
}

}  // namespace

bool may_format(std::string_view head, std::string_view tail) {
  if (head.size() < kEmptyEnd) return false;
  return head.starts_with(kFormatMe) || (is_empty(head) && is_empty(tail));
}

std::vector<std::string> format_command(const std::string& device, const std::string& label) {
  // A single -F still refuses a device that is in use. Only the ends of the disk were looked at:
  // what lies between them is not discarded, and can still be recovered.
  return {"/sbin/mkfs.ext4", "-q", "-F", "-E", "nodiscard", "-L", label, device};
}

Result<void> make_ext4(const std::string& device, const std::string& label) {
  const auto finished = sys::run(
      {.argv = format_command(device, label), .environment = {"PATH=/sbin:/bin"}, .cgroup = {}},
      kFormatLimit);
  if (!finished) return std::unexpected(finished.error());
  if (finished->status.ok()) return {};
  return fail("mkfs.ext4 '" + device + "': " + finished->status.describe() + ": " +
              std::string(trim(finished->output)));
}

Result<void> wait_for_state(const plan::Autoformat& action, const sys::Files& files) {
  const auto found = sys::wait_for_block_device(files, action.state,
                                                {.limit = action.limit, .quiet = action.quiet});
  return found ? Result<void>() : std::unexpected(found.error());
}

Result<void> autoformat(const plan::Autoformat& action, const sys::Files& files,
                        const AutoformatTools& tools) {
  if (sys::find_block_device(files, action.state)) return {};
  const auto empty = first_empty(action.devices, files);
  if (!empty) return context("nothing is formatted", empty.error());
  if (empty->empty()) return {};
  log(LogLevel::kNotice, "autoformat: waiting for " + action.state + " before one is made");
  if (auto waited = tools.wait(action, files); !waited) return waited;
  if (const auto late = sys::find_block_device(files, action.state)) {
    log(LogLevel::kNotice, "autoformat: the state is on '" + *late + "'");
    return {};
  }
  for (const auto& device : sys::list_block_devices(files))
    if (device.partlabel == action.partition)
      return fail("nothing is formatted: '" + device.path() +
                  "' was made for the state, but is not " + action.state);
  log(LogLevel::kNotice,
      "autoformat: making the state on '" + *empty + "', the first in the list that is empty");
  return tools.format(*empty, action.label);
}

}  // namespace ros::host
