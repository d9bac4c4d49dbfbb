// Files below a root: every path of the system goes through here, so that tests build a whole
// machine in a temporary directory. Paths are absolute within the root ("/etc/hosts").
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ros::sys {

inline constexpr std::size_t kReadLimit = std::size_t{4} << 20U;  // bytes

// The folder that `path` lies in: "/" of "/a", "." of "a".
[[nodiscard]] std::string parent_of(std::string_view path);

class Files {
 public:
  explicit Files(std::string root = "");  // "" is the real root

  // The path as the kernel sees it.
  [[nodiscard]] std::string real(std::string_view path) const;

  // Whole file; an error when it is larger than `limit` bytes. Works for /proc and /sys too.
  [[nodiscard]] Result<std::string> read(std::string_view path,
                                         std::size_t limit = kReadLimit) const;

  // At most the first `size` bytes: of block devices and other large things.
  [[nodiscard]] Result<std::string> read_head(std::string_view path, std::size_t size) const;
  // At most the last ones.
  [[nodiscard]] Result<std::string> read_tail(std::string_view path, std::size_t size) const;

  // A regular file below `directory`, in which `path` and links on its way are looked up as if it
  // were the root: for trees that others have made. EFBIG when it is larger, EINVAL when it is
  // none.
  [[nodiscard]] Result<std::string> read_inside(std::string_view directory, std::string_view path,
                                                std::size_t limit) const;

  // Bytes of a regular file.
  [[nodiscard]] Result<std::uint64_t> size(std::string_view path) const;

  // The first `bytes` bytes of a file or block device into a new file, within the kernel. An error
  // when there are fewer; what was copied until then stays.
  [[nodiscard]] Result<void> copy(std::string_view from, std::string_view to,
                                  std::uint64_t bytes) const;

  // In place, one write(2): for /proc, /sys and cgroup files, which must exist.
  [[nodiscard]] Result<void> write_value(std::string_view path, std::string_view value) const;

  // Temporary file, fsync, rename, fsync of the directory: readers see the old or the new text.
  // Of several writers at once the last one wins, and each one's text is whole.
  [[nodiscard]] Result<void> write_atomic(std::string_view path, std::string_view text,
                                          mode_t mode = 0644) const;

  // Adds to the end, creating the file.
  [[nodiscard]] Result<void> append(std::string_view path, std::string_view text,
                                    mode_t mode = 0644) const;

  // The directory and its parents; an existing directory is fine and keeps its mode.
  [[nodiscard]] Result<void> make_directories(std::string_view path, mode_t mode = 0755) const;

  // Replaces an existing link; any other existing file is an error.
  [[nodiscard]] Result<void> symlink(std::string_view target, std::string_view link) const;
  // The text of a symbolic link.
  [[nodiscard]] Result<std::string> read_link(std::string_view link) const;

  // File or empty directory; a missing one is fine.
  [[nodiscard]] Result<void> remove(std::string_view path) const;
  // A whole tree, without crossing symbolic links; a missing one is fine.
  [[nodiscard]] Result<void> remove_all(std::string_view path) const;

  [[nodiscard]] bool exists(std::string_view path) const;

  // When the content was last changed.
  [[nodiscard]] Result<std::chrono::system_clock::time_point> changed(std::string_view path) const;

  // Names in a directory without "." and "..", sorted.
  [[nodiscard]] Result<std::vector<std::string>> list(std::string_view path) const;

  struct Ids {
    uid_t uid = 0;
    gid_t gid = 0;
  };
  [[nodiscard]] Result<Ids> owner(std::string_view path) const;
  [[nodiscard]] Result<void> chown(std::string_view path, uid_t uid, gid_t gid) const;
  [[nodiscard]] Result<void> chmod(std::string_view path, mode_t mode) const;

 private:
  std::string root_;
};

}  // namespace ros::sys
