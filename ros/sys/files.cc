#include "sys/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdio>
#include <memory>

#include "sys/fd.h"

namespace ros::sys {
namespace {

std::string quoted(std::string_view verb, std::string_view path) {
  return std::string(verb) + " '" + std::string(path) + "'";
}

Result<void> write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::unexpected(Error{errno, ""});
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

// From where the descriptor stands; less than `size` bytes at the end.
Result<std::string> read_most(int fd, std::size_t size, std::string_view path) {
  std::string text(size, '\0');
  std::size_t used = 0;
  while (used < size) {
    const ssize_t count = ::read(fd, text.data() + used, size - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno(quoted("read", path));
    if (count == 0) break;
    used += static_cast<std::size_t>(count);
  }
  text.resize(used);
  return text;
}

struct CloseDirectory {
  void operator()(DIR* directory) const { closedir(directory); }
};
using Directory = std::unique_ptr<DIR, CloseDirectory>;

// Names in an open directory without "." and ".."; errno is set on failure.
bool read_names(DIR* directory, std::vector<std::string>& names) {
  for (;;) {
    errno = 0;
    const dirent* entry = readdir(directory);
    if (entry == nullptr) return errno == 0;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
}

// Removes `name` in the directory `at` with all below it; false with errno on failure.
bool remove_tree(int at, const char* name) {
  if (unlinkat(at, name, 0) == 0 || errno == ENOENT) return true;
  if (errno != EISDIR && errno != EPERM) return false;
  const int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return false;
  const Directory directory(fdopendir(fd));
  std::vector<std::string> names;
  if (!directory || !read_names(directory.get(), names)) return false;
  for (const auto& child : names)
    if (!remove_tree(fd, child.c_str())) return false;
  return unlinkat(at, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

// Until the end: sizes of files in /proc and /sys mean nothing.
Result<std::string> read_all(int fd, std::size_t limit, std::string_view path) {
  std::string text;
  constexpr std::size_t kChunk = 16384;
  for (;;) {
    const std::size_t used = text.size();
    text.resize(used + kChunk);
    const ssize_t count = ::read(fd, text.data() + used, kChunk);
    text.resize(used + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    if (count < 0 && errno != EINTR) return fail_errno(quoted("read", path));
    if (text.size() > limit)
      return fail_errno(quoted("read", path) + " (limit " + std::to_string(limit) + " bytes)",
                        EFBIG);
    if (count == 0) return text;
  }
}

}  // namespace

std::string parent_of(std::string_view path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string_view::npos) return ".";
  return slash == 0 ? "/" : std::string(path.substr(0, slash));
}

Files::Files(std::string root) : root_(std::move(root)) {
  while (!root_.empty() && root_.back() == '/') root_.pop_back();
}

std::string Files::real(std::string_view path) const {
  return root_ + std::string(path);
}

Result<std::string> Files::read(std::string_view path, std::size_t limit) const {
  const UniqueFd fd(open(real(path).c_str(), O_RDONLY | O_CLOEXEC));
  return fd.valid() ? read_all(fd.get(), limit, path) : fail_errno(quoted("read", path));
}

Result<std::string> Files::read_head(std::string_view path, std::size_t size) const {
  const UniqueFd fd(open(real(path).c_str(), O_RDONLY | O_CLOEXEC));
  return fd.valid() ? read_most(fd.get(), size, path) : fail_errno(quoted("read", path));
}

Result<std::string> Files::read_tail(std::string_view path, std::size_t size) const {
  const UniqueFd fd(open(real(path).c_str(), O_RDONLY | O_CLOEXEC));
  const off_t end = fd.valid() ? lseek(fd.get(), 0, SEEK_END) : -1;
  if (end < 0) return fail_errno(quoted("read", path));
  const auto start = std::max<off_t>(0, end - static_cast<off_t>(size));
  if (lseek(fd.get(), start, SEEK_SET) < 0) return fail_errno(quoted("read", path));
  return read_most(fd.get(), size, path);
}

Result<std::string> Files::read_inside(std::string_view directory, std::string_view path,
                                       std::size_t limit) const {
  const UniqueFd root(open(real(directory).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root.valid()) return fail_errno(quoted("read", directory));
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;  // a FIFO makes nobody wait
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  const UniqueFd fd(static_cast<int>(
      syscall(SYS_openat2, root.get(), std::string(path).c_str(), &how, sizeof how)));
  struct stat status{};
  if (!fd.valid() || fstat(fd.get(), &status) != 0) return fail_errno(quoted("read", path));
  if (!S_ISREG(status.st_mode)) return fail_errno(quoted("read", path), EINVAL);
  return read_all(fd.get(), limit, path);
}

Result<std::uint64_t> Files::size(std::string_view path) const {
  struct stat status{};
  if (stat(real(path).c_str(), &status) != 0) return fail_errno(quoted("read", path));
  return static_cast<std::uint64_t>(status.st_size);
}

Result<void> Files::copy(std::string_view from, std::string_view to, std::uint64_t bytes) const {
  const auto what = [&] { return quoted("copy", from) + " to '" + std::string(to) + "'"; };
  const UniqueFd source(open(real(from).c_str(), O_RDONLY | O_CLOEXEC));
  if (!source.valid()) return fail_errno(what());
  const UniqueFd target(
      open(real(to).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!target.valid()) return fail_errno(what());
  constexpr std::uint64_t kStep = 16U << 20U;
  while (bytes > 0) {
    const ssize_t count =
        sendfile(target.get(), source.get(), nullptr, std::min<std::uint64_t>(bytes, kStep));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno(what());
    if (count == 0) return fail(what() + ": it ends " + std::to_string(bytes) + " bytes early");
    bytes -= static_cast<std::uint64_t>(count);
  }
  return {};
}

Result<void> Files::write_value(std::string_view path, std::string_view value) const {
  const auto what = [&] {
    return quoted("write", path) + " ('" + std::string(value.substr(0, 80)) + "')";
  };
  const UniqueFd fd(open(real(path).c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid()) return fail_errno(what());
  const ssize_t count = ::write(fd.get(), value.data(), value.size());
  if (count < 0) return fail_errno(what());
  if (static_cast<std::size_t>(count) != value.size()) return fail_errno(what(), EIO);
  return {};
}

Result<void> Files::write_atomic(std::string_view path, std::string_view text, mode_t mode) const {
  const std::string target = real(path);
  const std::string temporary = target + "." + std::to_string(gettid()) + ".new";
  const auto give_up = [&](int code) {
    unlink(temporary.c_str());
    return fail_errno(quoted("write", path), code);
  };
  UniqueFd fd(open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return fail_errno(quoted("write", path));
  if (const auto written = write_all(fd.get(), text); !written)
    return give_up(written.error().code);
  // The umask does not count: the mode asked for is the mode given.
  if (fchmod(fd.get(), mode) != 0 || fsync(fd.get()) != 0) return give_up(errno);
  if (rename(temporary.c_str(), target.c_str()) != 0) return give_up(errno);
  fd.reset(open(parent_of(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid() || fsync(fd.get()) != 0) return fail_errno(quoted("write", path));
  return {};
}

Result<void> Files::append(std::string_view path, std::string_view text, mode_t mode) const {
  const UniqueFd fd(open(real(path).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode));
  if (!fd.valid()) return fail_errno(quoted("append to", path));
  if (const auto written = write_all(fd.get(), text); !written)
    return fail_errno(quoted("append to", path), written.error().code);
  return {};
}

Result<void> Files::make_directories(std::string_view path, mode_t mode) const {
  const std::string target = real(path);
  // mkdir(2) waits where a file system is frozen, also for what is there already.
  struct stat there{};
  if (stat(target.c_str(), &there) == 0 && S_ISDIR(there.st_mode)) return {};
  const std::size_t start = root_.size() + 1;
  for (std::size_t end = start; end != std::string::npos;) {
    end = target.find('/', end + 1);
    const std::string part = target.substr(0, end);
    if (mkdir(part.c_str(), mode) == 0 || part.size() < start) continue;
    struct stat status{};
    const int code = errno;
    if (code != EEXIST && code != EROFS) return fail_errno(quoted("make directory", path), code);
    if (stat(part.c_str(), &status) != 0) return fail_errno(quoted("make directory", path), code);
    if (!S_ISDIR(status.st_mode)) return fail_errno(quoted("make directory", path), ENOTDIR);
  }
  return {};
}

Result<void> Files::symlink(std::string_view target, std::string_view link) const {
  const std::string place = real(link);
  struct stat status{};
  if (lstat(place.c_str(), &status) == 0) {
    if (!S_ISLNK(status.st_mode)) return fail_errno(quoted("link", link), EEXIST);
    if (unlink(place.c_str()) != 0) return fail_errno(quoted("link", link));
  }
  if (::symlink(std::string(target).c_str(), place.c_str()) != 0)
    return fail_errno(quoted("link", link));
  return {};
}

Result<std::string> Files::read_link(std::string_view link) const {
  std::string target(PATH_MAX, '\0');
  const ssize_t size = readlink(real(link).c_str(), target.data(), target.size());
  if (size < 0) return fail_errno(quoted("read", link));
  target.resize(static_cast<std::size_t>(size));
  return target;
}

Result<void> Files::remove(std::string_view path) const {
  if (::remove(real(path).c_str()) != 0 && errno != ENOENT)
    return fail_errno(quoted("remove", path));
  return {};
}

Result<void> Files::remove_all(std::string_view path) const {
  if (!remove_tree(AT_FDCWD, real(path).c_str())) return fail_errno(quoted("remove", path));
  return {};
}

bool Files::exists(std::string_view path) const {
  return access(real(path).c_str(), F_OK) == 0;
}

Result<std::chrono::system_clock::time_point> Files::changed(std::string_view path) const {
  struct stat status{};
  if (stat(real(path).c_str(), &status) != 0) return fail_errno(quoted("look at", path));
  return std::chrono::system_clock::time_point(std::chrono::seconds(status.st_mtim.tv_sec));
}

Result<std::vector<std::string>> Files::list(std::string_view path) const {
  const Directory directory(opendir(real(path).c_str()));
  std::vector<std::string> names;
  if (!directory || !read_names(directory.get(), names)) return fail_errno(quoted("list", path));
  std::ranges::sort(names);
  return names;
}

Result<Files::Ids> Files::owner(std::string_view path) const {
  struct stat info{};
  if (stat(real(path).c_str(), &info) != 0) return fail_errno(quoted("stat", path));
  return Ids{info.st_uid, info.st_gid};
}

Result<void> Files::chown(std::string_view path, uid_t uid, gid_t gid) const {
  if (lchown(real(path).c_str(), uid, gid) != 0) return fail_errno(quoted("chown", path));
  return {};
}

Result<void> Files::chmod(std::string_view path, mode_t mode) const {
  if (::chmod(real(path).c_str(), mode) != 0) return fail_errno(quoted("chmod", path));
  return {};
}

}  // namespace ros::sys
