#include "host/grow.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/log.h"
#include "base/text.h"
#include "sys/block.h"
#include "sys/fd.h"
#include "sys/mount.h"
#include "sys/process.h"

namespace ros::host {
namespace {

constexpr std::uint64_t kSector = 512;      // bytes
constexpr std::uint64_t kAlignment = 2048;  // sectors
constexpr std::uint64_t kSecondTable = 33;  // sectors of GPT behind the last partition (UEFI 5.3)
constexpr sys::Millis kTableLimit{60'000};
constexpr sys::Millis kFileSystemLimit{30 * 60'000};  // terabytes on a slow disk

std::optional<std::uint64_t> number_in(const sys::Files& files, const std::string& path) {
  const auto text = files.read(path);
  if (!text) return {};
  const auto number = parse_int(trim(*text));
  if (!number || *number < 0) return {};
  return static_cast<std::uint64_t>(*number);
}

std::string of_block(const std::string& name) {
  return "/sys/class/block/" + name;
}

// The device that is mounted on `target`, without "/dev/"; "" when it is none with ext4.
std::string mounted_device(const sys::Files& files, const std::string& target) {
  const auto mounts = sys::mounts_below(files.read("/proc/self/mountinfo").value_or(""), target);
  const auto found = std::ranges::find(mounts, target, &sys::MountPoint::target);
  constexpr std::string_view kDev = "/dev/";
  if (found == mounts.end() || found->type != "ext4" || !found->source.starts_with(kDev)) return "";
  return found->source.substr(kDev.size());
}

// The disk that has `partition` in it; "" when another partition lies behind.
std::string disk_that_ends_with(const sys::Files& files, const std::string& partition,
                                std::uint64_t start, const std::vector<sys::BlockDevice>& devices) {
  const auto disk = std::ranges::find_if(devices, [&](const sys::BlockDevice& device) {
    return !device.partition && files.exists(of_block(device.name) + "/" + partition);
  });
  if (disk == devices.end()) return "";
  for (const auto& other : devices) {
    const std::string path = of_block(disk->name) + "/" + other.name;
    if (number_in(files, path + "/start").value_or(0) > start) return "";
  }
  return disk->name;
}

Result<void> run_tool(const std::vector<std::string>& argv, int input, sys::Millis limit) {
  const auto finished =
      sys::run({.argv = argv, .environment = {}, .cgroup = {}, .stdin_fd = input}, limit);
  if (!finished) return std::unexpected(finished.error());
  if (finished->status.ok()) return {};
  return fail("'" + join(argv, " ") + "': " + finished->status.describe() + ": " +
              std::string(trim(finished->output)));
}

// sfdisk(8) reads from standard input what a partition should become.
Result<void> run_sfdisk(const std::vector<std::string>& arguments, const std::string& input) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno("pipe for sfdisk");
  const sys::UniqueFd reader(ends[0]);
  {
    const sys::UniqueFd writer(ends[1]);
    // Less than a pipe holds.
    if (write(writer.get(), input.data(), input.size()) != static_cast<ssize_t>(input.size()))
      return fail_errno("pipe for sfdisk");
  }
  std::vector<std::string> argv = {"/sbin/sfdisk", "--quiet", "--force", "--no-reread",
                                   "--no-tell-kernel"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return run_tool(argv, reader.get(), kTableLimit);
}

}  // namespace

std::optional<Growth> find_growth(const plan::GrowState& action, const sys::Files& files) {
  const std::string name = mounted_device(files, action.target);
  if (name.empty()) return {};
  const auto devices = sys::list_block_devices(files);
  const auto self = std::ranges::find(devices, name, &sys::BlockDevice::name);
  if (self == devices.end() || self->partlabel != action.partition) return {};
  const auto number = number_in(files, of_block(name) + "/partition");
  const auto start = number_in(files, of_block(name) + "/start");
  const auto size = number_in(files, of_block(name) + "/size");
  if (!number || !start || !size) return {};
  const std::string disk = disk_that_ends_with(files, name, *start, devices);
  const auto disk_size = number_in(files, of_block(disk) + "/size");
  if (disk.empty() || !disk_size || *disk_size < *start + *size) return {};

  const std::uint64_t end = (*disk_size - kSecondTable) / kAlignment * kAlignment;
  Growth growth{"/dev/" + disk, "/dev/" + name, static_cast<unsigned>(*number), *start, *size};
  growth.table = end >= *start + *size + kAlignment;
  if (growth.table) growth.size = end - *start;
  const auto content = sys::probe(files, growth.partition);
  growth.file_system = content && content->size + kAlignment * kSector <= growth.size * kSector;
  if (!growth.table && !growth.file_system) return {};
  return growth;
}

Result<void> grow_state(const plan::GrowState& action, const sys::Files& files,
                        sys::Machine& machine) {
  const std::string stamp = action.target + action.stamp;
  if (files.exists(stamp)) return {};
  const auto growth = find_growth(action, files);
  if (!growth) return {};
  log(LogLevel::kNotice, "state: growing '" + growth->partition + "' to " +
                             std::to_string(growth->size * kSector >> 20U) + " MiB");
  if (growth->table) {
    // The second table first: it lies where the disk ended before.
    auto done = run_sfdisk({"--relocate", "gpt-bak-std", growth->disk}, "");
    if (done)
      done = run_sfdisk({"-N", std::to_string(growth->number), growth->disk},
                        "," + std::to_string(growth->size) + "\n");
    if (done)
      done = machine.resize_partition(growth->disk, growth->number, growth->start * kSector,
                                      growth->size * kSector);
    if (!done) return done;
  }
  auto grown = run_tool({"/sbin/resize2fs", growth->partition}, -1, kFileSystemLimit);
  if (!grown) return grown;
  if (auto made = files.make_directories(sys::parent_of(stamp)); !made) return made;
  return files.write_atomic(stamp, "");
}

}  // namespace ros::host
