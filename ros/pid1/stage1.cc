#include "pid1/stage1.h"

#include <unistd.h>

#include <array>
#include <string>

#include "base/log.h"
#include "pid1/console.h"
#include "pid1/mounts.h"
#include "pid1/options.h"
#include "pid1/read_ahead.h"
#include "pid1/rescue.h"
#include "pid1/system_image.h"
#include "sys/console.h"
#include "sys/files.h"
#include "sys/mount.h"

namespace ros::pid1 {
namespace {

constexpr auto kNewRoot = "/sysroot";
constexpr auto kStage2 = "/sbin/ros";

// Frees the memory of the initramfs. What is still open, such as the system image, lives on
// without a name. Failures cost memory, nothing else.
void empty_initramfs(const sys::Files& files) {
  const auto names = files.list("/");
  if (!names) return;
  for (const auto& name : *names) {
    if ("/" + name == kNewRoot) continue;
    if (const auto removed = files.remove_all("/" + name); !removed)
      log(LogLevel::kWarning, removed.error().message);
  }
}

Result<void> check_new_root(const sys::Files& files) {
  const std::string program = std::string(kNewRoot) + kStage2;
  if (!files.exists(program)) return fail("the system image has no '" + std::string(kStage2) + "'");
  for (const auto& entry : base_mounts())
    if (!files.exists(std::string(kNewRoot) + entry.target))
      return fail("the system image has no directory '" + std::string(entry.target) + "'");
  return {};
}

// Can be tried again from the rescue shell: after a failure nothing is mounted on kNewRoot.
Result<void> prepare_new_root(const BootOptions& options, sys::Mounter& mounter,
                              const sys::Files& files) {
  const auto tell = [&files](const std::string& line) {
    log(LogLevel::kWarning, line);
    sys::write_consoles(files, "*** Roster OS: " + line + "\n");
  };
  if (auto mounted = mount_system_image(options, kNewRoot, mounter, files, tell); !mounted)
    return mounted;
  auto checked = check_new_root(files);
  if (checked)
    mount_firmware(kNewRoot, mounter, files, tell);
  else if (const auto undone = mounter.unmount(kNewRoot, true); !undone)
    log(LogLevel::kWarning, undone.error().message);
  return checked;
}

Result<void> switch_root(sys::Mounter& mounter, const sys::Files& files) {
  for (const auto& entry : base_mounts()) {
    const std::string target = std::string(kNewRoot) + entry.target;
    if (auto moved = mounter.mount({entry.target, target, "", {"move"}}); !moved) return moved;
  }
  empty_initramfs(files);
  if (chdir(kNewRoot) != 0) return fail_errno("enter the system image");
  if (auto moved = mounter.mount({".", "/", "", {"move"}}); !moved) return moved;
  if (chroot(".") != 0 || chdir("/") != 0) return fail_errno("enter the system image");
  return {};
}

[[noreturn]] void execute_stage2() {
  std::array<char*, 2> arguments = {const_cast<char*>(kStage2), nullptr};
  std::array<char*, 1> environment = {nullptr};
  execve(kStage2, arguments.data(), environment.data());
  panic(fail_errno("run '" + std::string(kStage2) + "'").error().message);
}

}  // namespace

void stage1() {
  const sys::Files files;
  sys::KernelMounter mounter;
  mount_all(base_mounts(), mounter, files);
  open_console();
  const BootOptions options = parse_boot_options(files.read("/proc/cmdline").value_or(""));
  log_to_kernel(options.debug);

  if (options.rescue) rescue("asked for by 'rancher.rescue'", options.rescue_timeout);
  auto ready = prepare_new_root(options, mounter, files);
  for (; !ready; ready = prepare_new_root(options, mounter, files))
    rescue("stage 1: " + ready.error().message, options.rescue_timeout);
  start_read_ahead(kNewRoot);
  if (const auto moved = switch_root(mounter, files); !moved)
    panic("stage 1: " + moved.error().message);
  execute_stage2();
}

}  // namespace ros::pid1
