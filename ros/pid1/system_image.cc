#include "pid1/system_image.h"

#include "base/log.h"
#include "base/text.h"
#include "sys/block.h"
#include "sys/block_wait.h"
#include "sys/loop.h"
#include "sys/machine.h"

namespace ros::pid1 {
namespace {

constexpr std::uint64_t kMiB = 1U << 20U;
constexpr std::uint64_t kWorkingMemory = 96 * kMiB;  // what the system needs beside an image in RAM

// An image as a file, or as a device that holds nothing else.
struct Image {
  std::string path;
  std::uint64_t size = 0;  // bytes
};

Result<std::string> wait_for_device(const BootOptions& options, const sys::Files& files,
                                    const Tell& tell) {
  const std::string& spec = options.system_device;
  auto found = sys::wait_for_block_device(files, spec, {.limit = options.system_wait});
  if (!found) return context("rancher.system.dev", found.error());
  if (!*found)
    return fail("rancher.system.dev=" + spec + ": no such device after " +
                std::to_string(options.system_wait.count()) + " s");
  // Looking at all devices takes its time, with an optical drive seconds.
  if (spec.starts_with("UUID=")) return **found;
  const auto all = sys::find_block_devices(files, spec);
  if (all.size() < 2) return **found;
  tell("rancher.system.dev=" + spec + " fits " + join(all, " and ") + ": booting from " +
       all.front());
  return all.front();
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

Result<Image> find_on_medium(const std::string& device, const std::string& type,
                             const sys::Files& files) {
  const std::string file = std::string(kMedium) + kImageOnMedium;
  if (!files.exists(file))
    return fail("no file '" + std::string(kImageOnMedium) + "' on '" + device + "' (" + type + ")");
  const auto size = files.size(file);
  if (!size) return std::unexpected(size.error());
  return Image{file, *size};
}

Result<void> check_memory(std::uint64_t needed, const sys::Files& files) {
  const auto kib = sys::available_memory_kib(files);
  if (!kib) return std::unexpected(kib.error());
  const std::uint64_t available = *kib * 1024;
  if (available >= needed) return {};
  return fail("rancher.system.toram needs " + std::to_string(needed / kMiB) +
              " MiB of free memory, there are " + std::to_string(available / kMiB));
}

Result<void> copy_to_ram(const Image& image, const sys::Files& files, const Tell& tell) {
  if (auto enough = check_memory(image.size + kWorkingMemory, files); !enough) return enough;
  tell("copying the system image to memory, " + std::to_string(image.size / kMiB) + " MiB");
  auto copied = files.copy(image.path, kImageInInitramfs, image.size);
  if (!copied)
    if (const auto removed = files.remove(kImageInInitramfs); !removed)
      log(LogLevel::kWarning, removed.error().message);
  return copied;
}

// Mounts the file system of `device` and calls `use` with the image in it. When that fails, or the
// medium is not needed afterwards, the device is let go.
template <class Use>
Result<void> with_medium(const std::string& device, const std::string& type, bool keep,
                         sys::Mounter& mounter, const sys::Files& files, const Use& use) {
  if (auto made = files.make_directories(kMedium); !made) return made;
  auto mounted = mounter.mount({device, kMedium, type, {"ro", "nosuid", "nodev", "noexec"}});
  if (!mounted) return mounted;
  const auto image = find_on_medium(device, type, files);
  auto result = image ? use(*image) : Result<void>(std::unexpected(image.error()));
  if (result && keep) return result;
  const auto undone = mounter.unmount(kMedium, !result);
  if (result) return undone;
  if (!undone) log(LogLevel::kWarning, undone.error().message);
  return result;
}

}  // namespace

Result<void> mount_system_image(const BootOptions& options, const std::string& target,
                                sys::Mounter& mounter, const sys::Files& files, const Tell& tell) {
  if (auto made = files.make_directories(target); !made) return made;
  if (files.exists(kImageInInitramfs)) return mount_file(kImageInInitramfs, target, mounter);
  if (options.system_device.empty())
    return fail("no system image: the initramfs has no '" + std::string(kImageInInitramfs) +
                "' and rancher.system.dev= is not set");
  const auto device = wait_for_device(options, files, tell);
  if (!device) return std::unexpected(device.error());
  // What is on the same disk belongs to this system.
  auto kept = files.make_directories(sys::parent_of(sys::kBootDevice));
  if (kept) kept = files.write_atomic(sys::kBootDevice, *device + "\n");
  if (!kept) log(LogLevel::kWarning, kept.error().message);
  const auto content = sys::probe(files, *device);
  if (!content) return fail("'" + *device + "' holds no file system that could be booted from");

  const bool raw = content->type == "erofs";
  if (options.to_ram) {
    const auto copy = [&](const Image& image) { return copy_to_ram(image, files, tell); };
    auto copied = raw ? copy({*device, content->size})
                      : with_medium(*device, content->type, false, mounter, files, copy);
    return copied ? mount_file(kImageInInitramfs, target, mounter) : copied;
  }
  if (raw) return mounter.mount({*device, target, "erofs", {"ro"}});
  return with_medium(*device, content->type, true, mounter, files,
                     [&](const Image& image) { return mount_file(image.path, target, mounter); });
}

void mount_firmware(const std::string& target, sys::Mounter& mounter, const sys::Files& files,
                    const Tell& tell) {
  if (!files.exists(kFirmwareInInitramfs)) return;
  const auto mounted = mount_file(kFirmwareInInitramfs, target + kFirmware, mounter);
  if (!mounted) tell("going on without firmware: " + mounted.error().message);
}

}  // namespace ros::pid1
