#include "host/state_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "sys/block.h"
#include "sys/mount.h"

namespace ros::host {
namespace {

std::string size_text(std::uint64_t bytes) {
  constexpr double kMegabyte = 1e6, kGigabyte = 1e9;
  const auto number = static_cast<double>(bytes);
  return number < kGigabyte ? fmt::format("{:.0f} MB", number / kMegabyte)
                            : fmt::format("{:.1f} GB", number / kGigabyte);
}

// Options of the file system itself, not of the mount: "ro" there after an error.
bool is_read_only(const std::string& mountinfo, const std::string& target) {
  for (const auto& line : split(mountinfo, '\n')) {
    const auto words = split_words(line);
    const auto dash = std::ranges::find(words, "-");
    if (words.size() < 6 || words[4] != target || words.end() - dash < 4) continue;
    const auto options = split(*(dash + 3), ',');
    if (std::ranges::find(options, "ro") != options.end()) return true;
  }
  return false;
}

std::string device_problem(const sys::Files& files, const std::string& device) {
  const auto name = device.substr(device.find_last_of('/') + 1);
  const bool there = files.exists("/sys/class/block/" + name);
  return there ? "" : "'" + device + "' is gone: nothing more is kept";
}

// After its first error ext4 takes and gives nothing more (errors=remount-ro, which Linux 6.12 does
// by EXT4_FLAGS_SHUTDOWN, fs/ext4/super.c; no flag of the mount tells). The check at a boot clears
// the count.
std::string error_problem(const sys::Files& files, const std::string& device) {
  const auto name = device.substr(device.find_last_of('/') + 1);
  const auto count = files.read("/sys/fs/ext4/" + name + "/errors_count");
  const auto number = count ? parse_int(trim(*count)) : Result<std::int64_t>(0);
  if (!number || *number == 0) return "";
  return fmt::format(
      "'{}' has had {} errors: nothing more is kept until the check at the next boot", device,
      *number);
}

}  // namespace

StateReport look_at_state(const sys::Files& files, const std::string& target,
                          const Result<sys::Space>& space, const std::string& device) {
  const auto mountinfo = files.read("/proc/self/mountinfo").value_or("");
  const auto mounts = sys::mounts_below(mountinfo, target);
  const auto mount = std::ranges::find(mounts, target, &sys::MountPoint::target);
  if (mount == mounts.end()) return {"nothing", {"nothing is mounted on " + target}};
  StateReport report;
  const bool memory = mount->type == "tmpfs";
  report.summary = memory ? "in memory, lost at power-off"
                          : fmt::format("{} ({}) on {}", mount->source, mount->type, target);
  if (space)
    report.summary +=
        fmt::format(", {} of {} free", size_text(space->free), size_text(space->total));
  const auto add = [&report](std::string problem) {
    if (!problem.empty()) report.problems.push_back(std::move(problem));
  };
  if (!space) add(space.error().message);
  if (space && space->free < kLeastFree) add("the state is full");
  if (memory) return report;
  for (const auto& other : sys::find_block_devices(files, device))
    if (other != mount->source) add(fmt::format("'{}' is {}, too, and not used", other, device));
  add(device_problem(files, mount->source));
  add(error_problem(files, mount->source));
  if (is_read_only(mountinfo, target)) add("'" + mount->source + "' can only be read");
  return report;
}

}  // namespace ros::host
