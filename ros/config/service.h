// ServiceDefinition: one entry of rancher.services, typed. The shape is compose v1 (Docker Compose
// file reference, version 1) with RancherOS's io.rancher.os.* labels; see RANCHEROS' service labels
// in docs/.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "config/source.h"

namespace ros::config {

// When a service counts as ready, so that those after it may start.
// Label io.rancher.os.ready: "started", "socket:PATH", "notify" (sd_notify READY=1), "health".
enum class ReadinessKind { kStarted, kSocket, kNotify, kHealth };

struct Readiness {
  ReadinessKind kind = ReadinessKind::kStarted;
  std::string socket;                       // host path, with kSocket
  std::chrono::milliseconds limit{60'000};  // label io.rancher.os.ready_limit, in seconds
  friend bool operator==(const Readiness&, const Readiness&) = default;
};

// Compose `restart`. "on-failure:5" gives kOnFailure with 5 tries; 0 = without end.
enum class RestartKind { kNo, kOnFailure, kAlways };

struct RestartPolicy {
  RestartKind kind = RestartKind::kNo;
  int tries = 0;
  friend bool operator==(const RestartPolicy&, const RestartPolicy&) = default;
};

// Compose `volumes` entry "SOURCE:TARGET[:OPTIONS]".
struct Volume {
  std::string source;                    // host path
  std::string target;                    // path in the container
  bool read_only = false;                // "ro"
  std::string propagation = "rprivate";  // rprivate, rslave, rshared, ...
  friend bool operator==(const Volume&, const Volume&) = default;
};

struct Healthcheck {
  std::vector<std::string> test;  // argv run in the container
  std::chrono::milliseconds interval{10'000};
  std::chrono::milliseconds timeout{5'000};
  int retries = 3;
  friend bool operator==(const Healthcheck&, const Healthcheck&) = default;
};

// Compose `security_opt`: what a service that is not privileged is kept from.
struct Security {
  bool seccomp = true;          // Docker's profile; seccomp=unconfined: none
  bool new_privileges = false;  // no-new-privileges:false: set-user-id programs work
  friend bool operator==(const Security&, const Security&) = default;
};

struct ServiceDefinition {
  std::string name;
  std::string image;  // "console": built in under /images; else a reference to pull
  std::vector<std::string> entrypoint;   // empty = the image's
  std::vector<std::string> command;      // empty = the image's
  std::vector<std::string> environment;  // "NAME=value"
  std::map<std::string, std::string> labels;
  std::vector<Volume> volumes;
  std::string working_dir;
  std::string user;  // "uid[:gid]" or a name known in the image's passwd; "" = the image's
  std::string hostname;

  bool host_network = true;  // net: host | none
  bool host_pid = false;     // pid: host
  bool host_ipc = false;     // ipc: host
  bool host_uts = false;     // uts: host
  bool host_cgroup = false;  // cgroup: host (compose specification)
  bool privileged = false;
  bool read_only = false;  // no writable upper layer
  bool tty = false;        // terminal on tty_device
  std::string
      tty_device;  // label io.rancher.os.tty: host device for stdin/out/err, such as /dev/console
  std::vector<std::string> cap_add;
  std::vector<std::string> cap_drop;
  std::vector<std::string> devices;  // "HOST[:CONTAINER[:rwm]]"
  std::vector<std::string>
      device_rules;                // "c 13:* rwm": nodes that may be used where they are seen
  std::vector<std::string> tmpfs;  // target paths
  Security security;

  std::uint64_t memory_limit = 0;  // mem_limit, bytes; 0 = none
  std::uint64_t memory_min = 0;    // label io.rancher.os.memory_min: reserved, bytes
  std::uint64_t cpu_shares = 0;    // cgroup v1 scale, 1024 = normal; 0 = not set
  std::int64_t pids_limit = 0;     // most processes and threads; 0 = the default, -1 = no limit
  int oom_score_adj = 0;
  std::uint64_t nofile = 0;  // ulimits.nofile; 0 = the runtime's

  RestartPolicy restart;
  Readiness ready;
  Healthcheck healthcheck;          // test empty = none
  std::vector<std::string> after;   // io.rancher.os.after + links + depends_on: readiness needed
  std::vector<std::string> before;  // io.rancher.os.before
  bool detach = true;        // io.rancher.os.detach: false = one shot, ready when it exited with 0
  bool create_only = false;  // io.rancher.os.createonly
  std::string schedule;      // cron.schedule, see schedule.h; "" = none
  // With both, it is down until its time comes, and then runs: create_only is false.
  bool only_scheduled = false;
  std::chrono::milliseconds stop_grace{10'000};  // stop_grace_period
  std::string stop_signal = "SIGTERM";
  std::string
      shim_group;  // label io.rancher.os.shim: services with one text share a shim; "" = own

  bool built_in = false;  // nothing but the built-in file defines it
  Position position;      // of the service's key in the last file that has it

  // Identity of the running definition: all of the above but `built_in` and `position`.
  [[nodiscard]] std::string definition_hash() const;
};

}  // namespace ros::config
