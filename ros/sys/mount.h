// mount(2) and its relatives behind an interface, so that tests record what would have been
// mounted.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace ros::sys {

struct Mount {
  std::string source;  // device, directory or a name such as "tmpfs"
  std::string target;
  std::string type;  // "" for binds and propagation changes
  std::vector<std::string>
      options;  // as in fstab(5): "ro", "nosuid", "bind", "rshared", "size=10%"

  // mount '/dev/vda2' on '/state' (ext4)
  [[nodiscard]] std::string describe() const;
  friend bool operator==(const Mount&, const Mount&) = default;
};

// fstab(5) options sorted by what the kernel wants to hear in separate calls.
struct MountFlags {
  unsigned long flags = 0;                 // MS_RDONLY, MS_BIND, MS_REMOUNT, MS_MOVE, ...
  std::vector<unsigned long> propagation;  // MS_SHARED | MS_REC, ...: one call each
  std::string data;                        // the file system's own options, comma separated
};

// Options for mount(8) alone ("defaults", "nofail", "x-...") are dropped.
[[nodiscard]] MountFlags parse_mount_options(const std::vector<std::string>& options);

class Mounter {
 public:
  Mounter() = default;
  Mounter(const Mounter&) = delete;
  Mounter& operator=(const Mounter&) = delete;
  virtual ~Mounter() = default;
  // Errors carry describe().
  [[nodiscard]] virtual Result<void> mount(const Mount& mount) = 0;
  // Lazy: detaches a busy mount and lets it go when its last user does.
  [[nodiscard]] virtual Result<void> unmount(const std::string& target, bool lazy) = 0;
};

// "move" as an option is MS_MOVE. Binds with other flags ("bind", "ro") take a second, remounting
// call, propagation a last one; when one of them fails the mount is taken away again.
class KernelMounter final : public Mounter {
 public:
  [[nodiscard]] Result<void> mount(const Mount& mount) override;
  [[nodiscard]] Result<void> unmount(const std::string& target, bool lazy) override;
};

struct MountPoint {
  std::string target;
  std::string type;
  std::string source;
  friend bool operator==(const MountPoint&, const MountPoint&) = default;
};

// The mounts at or below `prefix` in a text like /proc/self/mountinfo, last mounted first.
[[nodiscard]] std::vector<MountPoint> mounts_below(const std::string& mountinfo,
                                                   const std::string& prefix);

}  // namespace ros::sys
