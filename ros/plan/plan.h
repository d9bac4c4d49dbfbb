// BootPlan: what a boot does, as values. Made by build() from the configuration and the host's
// facts, printed by `ros plan`, carried out by `host`; nothing here knows how.
//
// A step may run when every step in its `after` has ended, well or not; steps that don't wait for
// each other run side by side. Steps are idempotent, so that a restarted manager may run them
// again.
//
// The step "config" is where the user's files become readable: until then the plan is built from
// the built-in file and the command line. Whoever carries it out then loads all layers, builds the
// plan again, and goes on with the steps whose names have not been run. Steps before "config"
// depend on nothing but the built-in file and the command line, and those of the state on a NoCloud
// disc, which the step "disc" reads in the same way.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.h"

namespace ros::plan {

// What the host knows before the plan is made.
struct Facts {
  std::string kernel_release;      // "6.12.117"; "" when printed on another machine
  bool state_present = false;      // the state device has been seen; otherwise it may come yet
  std::string dhcp_hostname = "";  // what DHCP calls this machine; counts when nobody else does
  std::uint64_t memory_kib = 0;    // all of this machine; 0 when printed on another one
  std::uint64_t threads = 0;       // as many as the kernel makes; 0 when printed on another machine
};

struct Cgroup {
  std::string path;                             // below the root of the hierarchy: "/system"
  std::map<std::string, std::string> settings;  // file -> value
  friend bool operator==(const Cgroup&, const Cgroup&) = default;
};

struct Directory {
  std::string path;
  unsigned mode = 0755;
  unsigned uid = 0;
  unsigned gid = 0;
  friend bool operator==(const Directory&, const Directory&) = default;
};

// Groups that are missing are made.
struct SetCgroups {
  std::vector<Cgroup> cgroups;  // parents first
  friend bool operator==(const SetCgroups&, const SetCgroups&) = default;
};
// Lines as in /etc/modules: a name and its parameters.
struct LoadModules {
  std::string kernel_release;
  std::vector<std::string> lines;
  friend bool operator==(const LoadModules&, const LoadModules&) = default;
};
// Modules of the devices that are there, by modalias.
struct Coldplug {
  std::string kernel_release;
  friend bool operator==(const Coldplug&, const Coldplug&) = default;
};
struct SetSysctls {
  std::map<std::string, std::string> values;  // dotted names
  friend bool operator==(const SetSysctls&, const SetSysctls&) = default;
};
// Levels of kernel_lockdown(7). The kernel takes none back.
struct LockDown {
  std::string level;  // "integrity"
  friend bool operator==(const LockDown&, const LockDown&) = default;
};
struct LoopbackUp {
  friend bool operator==(const LoopbackUp&, const LoopbackUp&) = default;
};
// The clock is set forward to the last change of the file at `path`, when it stands before that.
struct SetClock {
  std::string path;
  friend bool operator==(const SetClock&, const SetClock&) = default;
};
// Waits until `device` is there, at most `limit`. `grace`: only while devices are still being
// found.
struct WaitDevice {
  std::string device;  // LABEL=, UUID= or a path
  std::chrono::seconds limit{};
  bool grace = false;
  friend bool operator==(const WaitDevice&, const WaitDevice&) = default;
};
// Makes a file system on the first of `devices` that is empty, unless `state` is there or comes
// while it is waited for, or a partition was made for it that can't be read.
struct Autoformat {
  std::string state;
  std::vector<std::string> devices;
  std::string label;
  std::string partition;         // its name in the partition table
  std::chrono::seconds quiet{};  // no other device comes for so long: the state neither; 0 = may
  std::chrono::seconds limit{};
  friend bool operator==(const Autoformat&, const Autoformat&) = default;
};
// The user's own mounts.
struct MountAll {
  std::vector<config::UserMount> mounts;
  friend bool operator==(const MountAll&, const MountAll&) = default;
};
// fsck, then mount; without the device a tmpfs, or with `required` a failure.
struct MountState {
  std::string device;
  std::string fstype;
  std::string target;
  bool required = false;
  std::string directory = "";  // of the file system, to be mounted instead of its root
  friend bool operator==(const MountState&, const MountState&) = default;
};
// Enlarges the state's partition and file system to the end of the disk: only the partition of this
// name, which only our disk layout has, and only once; then the file `stamp` is there.
struct GrowState {
  std::string target;     // where the state is mounted
  std::string partition;  // its name in the partition table
  std::string stamp;      // below `target`
  friend bool operator==(const GrowState&, const GrowState&) = default;
};
// Makes STATE/PATH and binds it to PATH, rshared: directories that outlive the containers and have
// one path everywhere.
struct BindUserPaths {
  std::string state;
  std::vector<Directory> paths;
  friend bool operator==(const BindUserPaths&, const BindUserPaths&) = default;
};
struct MakeDirectories {
  std::vector<Directory> directories;
  friend bool operator==(const MakeDirectories&, const MakeDirectories&) = default;
};
struct StartContainerd {
  friend bool operator==(const StartContainerd&, const StartContainerd&) = default;
};
// Which NoCloud discs are read. A stick is one on USB or that can be taken out, other than the
// machine's own optical drives, by which hypervisors hand a configuration over.
enum class Discs {
  kNone,
  kNoStick,
  kStickAlone,  // a stick as well, when there is no other configuration
  kAll,
};
// The user's layers: files on the state partition and a NoCloud disc, which is read once. When
// `files` say which discs are read, that counts.
struct ReadConfig {
  std::vector<std::string> files;  // a directory stands for its files by name; none: the disc alone
  std::string disc_label;
  Discs discs = Discs::kStickAlone;
  bool wait = false;  // for a stick that may count; no earlier step has waited for devices
  friend bool operator==(const ReadConfig&, const ReadConfig&) = default;
};
struct SetHostname {
  std::string name;
  friend bool operator==(const SetHostname&, const SetHostname&) = default;
};
// How the system containerd reaches registries.
struct WriteRegistries {
  std::string directory;
  std::vector<std::string> insecure;  // "HOST[:PORT]"
  std::string mirror;                 // URL, of Docker Hub; "" = none
  friend bool operator==(const WriteRegistries&, const WriteRegistries&) = default;
};
// passwd, group, shadow and localtime from `templates`, with the user's password; hosts, hostname,
// resolv.conf. All in `directory`. A resolv.conf that the network service has written is kept when
// `nameservers` is empty.
struct WriteEtc {
  std::string templates;
  std::string directory;    // of all files but these two:
  std::string resolv_conf;  // its directory belongs to the network service
  std::string shadow;       // its directory is for services with logins
  std::string hostname;
  std::string password;  // of user rancher, plain; "" = locked. Never printed.
  std::vector<std::string> nameservers;
  std::vector<std::string> fallback_nameservers;  // when there are no others
  std::vector<std::string> search;
  friend bool operator==(const WriteEtc&, const WriteEtc&) = default;
};
// Made once, kept at `store`, copied to `path`.
struct MachineId {
  std::string store;
  std::string path;
  friend bool operator==(const MachineId&, const MachineId&) = default;
};
// Below `root`; "" is the host. A root of /run/ros/files/SERVICE is a tree for that service's
// container, to be put over its image.
struct WriteFiles {
  std::string root;
  std::vector<config::WriteFile> files;
  friend bool operator==(const WriteFiles&, const WriteFiles&) = default;
};
// One line each.
struct WriteLines {
  std::string path;
  std::vector<std::string> lines;
  friend bool operator==(const WriteLines&, const WriteLines&) = default;
};
// In order, on the host; the first failure ends them.
struct RunCommands {
  std::vector<std::vector<std::string>> commands;
  friend bool operator==(const RunCommands&, const RunCommands&) = default;
};

using Action =
    std::variant<SetCgroups, LoadModules, Coldplug, SetSysctls, LockDown, LoopbackUp, SetClock,
                 WaitDevice, MountState, GrowState, BindUserPaths, MakeDirectories, StartContainerd,
                 ReadConfig, SetHostname, WriteEtc, MachineId, WriteFiles, WriteLines, RunCommands,
                 WriteRegistries, Autoformat, MountAll>;

// One line for people, without secrets: "mount LABEL=RANCHER_STATE (auto) on /state, else a tmpfs".
[[nodiscard]] std::string describe(const Action& action);

// Whether a change of the configuration takes effect by doing the action again. Others are for the
// boot alone: devices, mounts, the user's commands.
[[nodiscard]] bool renders(const Action& action);

struct Step {
  std::string name;  // unique
  Action action;
  std::vector<std::string> after;  // names of earlier steps
};

// A service in start order. Services start when the steps in `services_after` have ended.
struct PlannedService {
  std::string name;
  std::string image;
  std::vector<std::string> after;  // services
  std::string ready;               // "socket:/var/run/docker.sock"
  std::string rejected;            // why it can't run; "" = it can
};

struct BootPlan {
  std::vector<Step> steps;  // each behind those it waits for
  std::vector<std::string> services_after;
  std::vector<PlannedService> services;

  [[nodiscard]] const Step* step(std::string_view name) const;  // or null
};

// Where the state is looked for: what the configuration names, else its usual label.
[[nodiscard]] std::string state_device(const config::Config& config);

// Pure: equal inputs give equal plans.
[[nodiscard]] BootPlan build(const config::Config& config, const Facts& facts);

// The steps of `now` that render and that `before` had not, or not so; each waits only for others
// of them.
[[nodiscard]] BootPlan changed_steps(const BootPlan& before, const BootPlan& now);

}  // namespace ros::plan
