#include "pid1/stage2.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <array>
#include <csignal>

#include "base/log.h"
#include "pid1/cgroups.h"
#include "pid1/children.h"
#include "pid1/console.h"
#include "pid1/door_server.h"
#include "pid1/mounts.h"
#include "pid1/options.h"
#include "pid1/power_door.h"
#include "pid1/rescue.h"
#include "pid1/shutdown.h"
#include "pid1/watchdog.h"
#include "sys/files.h"
#include "sys/machine.h"

namespace ros::pid1 {
namespace {

using control::pid1::Child;

// logd first: it makes the FIFOs that the manager hands to containers.
constexpr Children::Table kChildren = {{
    {Child::kLogd, {"/sbin/ros", "logd", nullptr}, -900, true},
    {Child::kManager, {"/sbin/ros", "manager", nullptr}, -950, true},
    {Child::kContainerd,
     {"/usr/bin/containerd", "--config", "/usr/share/ros/containerd.toml", nullptr},
     -900,
     false},
    {Child::kImageStore,
     {"/usr/bin/containerd", "--config", "/usr/share/ros/image-store.toml", nullptr},
     -500,
     false},
}};

struct OwnDirectory {
  const char* path;
  mode_t mode;
};
constexpr auto kOwnDirectories = std::to_array<OwnDirectory>({
    {"/run/image-store", 0700},
    {"/run/ros", 0755},
    {"/run/ros/control", 0700},
    {"/run/ros/logs", 0700},
    {"/run/ros/power", 0700},
    {"/run/system-containerd", 0711},
    {"/run/syslog", 0755},
});

struct OwnLink {
  const char* path;
  const char* target;
};
constexpr auto kOwnLinks = std::to_array<OwnLink>({
    // syslog(3) of the host's programs; a directory can be bound into containers, a socket in it is
    // then always the present one.
    {"/dev/log", "/run/syslog/log"},
    // As in any container: programs log to /dev/stdout.
    {"/dev/fd", "/proc/self/fd"},
    {"/dev/stdin", "/proc/self/fd/0"},
    {"/dev/stdout", "/proc/self/fd/1"},
    {"/dev/stderr", "/proc/self/fd/2"},
});

// Limits that every process of the machine begins with.
void set_limits() {
  constexpr rlimit kFiles{1024, 524288};
  constexpr rlimit kCore{0, RLIM_INFINITY};
  if (setrlimit(RLIMIT_NOFILE, &kFiles) != 0 || setrlimit(RLIMIT_CORE, &kCore) != 0)
    log(LogLevel::kWarning, fail_errno("resource limits").error().message);
}

void complain(const Result<void>& result) {
  if (!result) log(LogLevel::kError, result.error().message);
}

void prepare_machine(const sys::Files& files) {
  umask(022);
  sys::KernelMounter mounter;
  // Stage 1 has made these; a machine without an initramfs has not.
  mount_all(base_mounts(), mounter, files);
  log_to_kernel(parse_boot_options(files.read("/proc/cmdline").value_or("")).debug);
  mount_all(system_mounts(), mounter, files);
  make_cgroups(files);
  for (const auto& directory : kOwnDirectories)
    complain(files.make_directories(directory.path, directory.mode));
  for (const auto& link : kOwnLinks) complain(files.symlink(link.target, link.path));
  set_limits();
  // Without it the kernel drops lines of its log when a child of ours says much at once.
  complain(files.write_value("/proc/sys/kernel/printk_devkmsg", "on\n"));
  complain(files.write_value("/proc/self/oom_score_adj", "-1000"));
}

bool pass_on(const Children& children, sys::PowerAction action) {
  const pid_t manager = children.pid(Child::kManager);
  return manager != 0 && kill(manager, sys::power_signal(action)) == 0;
}

Result<void> watch_signals(sys::EventLoop& loop, Children& children, PowerDoor& door) {
  using sys::PowerAction;
  if (auto set = loop.on_signal(SIGCHLD, [&] { children.reap(); }); !set) return set;
  for (const auto action : {PowerAction::kPoweroff, PowerAction::kReboot, PowerAction::kHalt})
    if (auto set = loop.on_signal(sys::power_signal(action), [&, action] { door.signal(action); });
        !set)
      return set;
  // busybox's reboot, and a power supply that fails.
  if (auto set = loop.on_signal(SIGTERM, [&] { door.signal(PowerAction::kReboot); }); !set)
    return set;
  if (auto set = loop.on_signal(SIGPWR, [&] { door.signal(PowerAction::kPoweroff); }); !set)
    return set;
  return sys::ctrl_alt_del_as_signal();
}

}  // namespace

void stage2() {
  prepare_machine(sys::Files());
  auto loop = sys::EventLoop::create();
  if (!loop) panic("stage 2: " + loop.error().message);
  sys::EventLoop& events = **loop;
  // The two know each other through process 1 alone.
  PowerDoor* power = nullptr;
  Children children(events, kChildren, "init", [&](Child ended) {
    if (ended == Child::kManager) power->manager_ended();
  });
  PowerDoor door(events, {.ask_manager = [&](auto action) { return pass_on(children, action); },
                          .finish = shut_down});
  power = &door;
  DoorServer server(events, children, door);
  Watchdog watchdog(events);

  complain(watch_signals(events, children, door));
  complain(server.listen());
  children.start_wanted();
  watchdog.start();
  complain(sys::lock_memory());
  log(LogLevel::kInfo, "stage 2 runs");
  const auto ended = events.run();
  panic("stage 2: " + (ended ? "the event loop ended" : ended.error().message));
}

}  // namespace ros::pid1
