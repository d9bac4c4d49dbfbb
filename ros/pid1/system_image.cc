#include "pid1/system_image.h"

#include "base/log.h"
#include "sys/block.h"
#include "sys/block_wait.h"
#include "sys/loop.h"

namespace ros::pid1 {
namespace {

Result<std::string> wait_for_device(const BootOptions& options, const sys::Files& files) {
  const std::string what = "rancher.system.dev=" + options.system_device;
  auto found =
      sys::wait_for_block_device(files, options.system_device, {.limit = options.system_wait});
  if (!found) return context("rancher.system.dev", found.error());
  if (*found) return **found;
  return fail(what + ": no such device after " + std::to_string(options.system_wait.count()) +
              " s");
}

// From the file itself; through a loop device when its file system can't back one (tmpfs).
Result<void> mount_file(const std::string& file, const std::string& target, sys::Mounter& mounter) {
  const auto direct = mounter.mount({file, target, "erofs", {"ro"}});
  if (direct) return {};
  log(LogLevel::kDebug, direct.error().message + "; trying a loop device");
  const auto loop = sys::attach_loop(file);
  if (!loop) return std::unexpected(loop.error());
  return mounter.mount({loop->path, target, "erofs", {"ro"}});
}

Result<void> mount_device(const std::string& device, const std::string& target,
                          sys::Mounter& mounter, const sys::Files& files) {
  const auto content = sys::probe(files, device);
  if (!content) return fail("'" + device + "' holds no file system that could be booted from");
  if (content->type == "erofs") return mounter.mount({device, target, "erofs", {"ro"}});
  if (auto made = files.make_directories(kMedium); !made) return made;
  auto mounted =
      mounter.mount({device, kMedium, content->type, {"ro", "nosuid", "nodev", "noexec"}});
  if (!mounted) return mounted;
  const std::string file = std::string(kMedium) + kImageOnMedium;
  auto result = files.exists(file)
                    ? mount_file(file, target, mounter)
                    : Result<void>(fail("no file '" + std::string(kImageOnMedium) + "' on '" +
                                        device + "' (" + content->type + ")"));
  // Another try may find another device.
  if (!result)
    if (const auto undone = mounter.unmount(kMedium, true); !undone)
      log(LogLevel::kWarning, undone.error().message);
  return result;
}

}  // namespace

Result<void> mount_system_image(const BootOptions& options, const std::string& target,
                                sys::Mounter& mounter, const sys::Files& files) {
  if (auto made = files.make_directories(target); !made) return made;
  if (files.exists(kImageInInitramfs)) return mount_file(kImageInInitramfs, target, mounter);
  if (options.system_device.empty())
    return fail("no system image: the initramfs has no '" + std::string(kImageInInitramfs) +
                "' and rancher.system.dev= is not set");
  const auto device = wait_for_device(options, files);
  if (!device) return std::unexpected(device.error());
  return mount_device(*device, target, mounter, files);
}

}  // namespace ros::pid1
