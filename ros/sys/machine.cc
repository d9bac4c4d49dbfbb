#include "sys/machine.h"

#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/if.h>
#include <linux/module.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstring>
#include <ctime>

#include "base/text.h"
#include "sys/fd.h"

namespace ros::sys {

Result<void> KernelMachine::set_hostname(const std::string& name) {
  if (sethostname(name.data(), name.size()) != 0) return fail_errno("set host name '" + name + "'");
  return {};
}

std::chrono::system_clock::time_point KernelMachine::clock() {
  return std::chrono::system_clock::now();
}

Result<void> KernelMachine::set_clock(std::chrono::system_clock::time_point time) {
  const auto since_epoch =
      std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch());
  const timespec value{static_cast<time_t>(since_epoch.count()), 0};
  if (clock_settime(CLOCK_REALTIME, &value) != 0) return fail_errno("set the clock");
  return {};
}

Result<void> KernelMachine::loopback_up() {
  const UniqueFd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return fail_errno("interface 'lo'");
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", 3);
  if (ioctl(fd.get(), SIOCGIFFLAGS, &request) != 0) return fail_errno("interface 'lo'");
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
  if (ioctl(fd.get(), SIOCSIFFLAGS, &request) != 0) return fail_errno("interface 'lo'");
  return {};
}

Result<void> KernelMachine::resize_partition(const std::string& disk, unsigned number,
                                             std::uint64_t start, std::uint64_t size) {
  const std::string what = "resize partition " + std::to_string(number) + " of '" + disk + "'";
  const UniqueFd fd(open(disk.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return fail_errno(what);
  blkpg_partition partition{};
  partition.pno = static_cast<int>(number);
  partition.start = static_cast<long long>(start);
  partition.length = static_cast<long long>(size);
  blkpg_ioctl_arg argument{BLKPG_RESIZE_PARTITION, 0, sizeof partition, &partition};
  if (ioctl(fd.get(), BLKPG, &argument) != 0) return fail_errno(what);
  return {};
}

Result<void> KernelMachine::load_module(const std::string& file, const std::string& parameters) {
  const UniqueFd fd(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.valid()) return fail_errno("load module '" + file + "'");
  const int flags = file.ends_with(".ko") ? 0 : MODULE_INIT_COMPRESSED_FILE;
  if (syscall(SYS_finit_module, fd.get(), parameters.c_str(), flags) != 0 && errno != EEXIST)
    return fail_errno("load module '" + file + "'");
  return {};
}

std::string kernel_release() {
  utsname names{};
  uname(&names);
  return names.release;
}

std::uint64_t memory_kib() {
  struct sysinfo info{};
  sysinfo(&info);
  return static_cast<std::uint64_t>(info.totalram) * info.mem_unit / 1024;
}

Result<std::uint64_t> available_memory_kib(const Files& files) {
  const auto text = files.read("/proc/meminfo");
  if (!text) return std::unexpected(text.error());
  for (const auto& line : split(*text, '\n')) {
    const auto words = split_words(line);
    if (words.size() < 2 || words[0] != "MemAvailable:") continue;
    const auto kib = parse_int(words[1]);
    if (!kib) return context("'/proc/meminfo'", kib.error());
    return static_cast<std::uint64_t>(*kib);
  }
  return fail("'/proc/meminfo' has no line 'MemAvailable'");
}

Result<std::string> random_bytes(std::size_t size) {
  std::string bytes(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t count = getrandom(bytes.data() + filled, size - filled, 0);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno("random numbers");
    filled += static_cast<std::size_t>(count);
  }
  return bytes;
}

Result<void> lock_memory() {
  if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) return fail_errno("lock memory");
  return {};
}

}  // namespace ros::sys
