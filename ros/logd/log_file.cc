#include "logd/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "sys/files.h"

namespace ros::logd {
namespace {

[[nodiscard]] Result<void> write_all(int fd, std::string_view text, std::uint64_t at) {
  while (!text.empty()) {
    const ssize_t count = pwrite(fd, text.data(), text.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno("write");
    text.remove_prefix(static_cast<std::size_t>(count));
    at += static_cast<std::uint64_t>(count);
  }
  return {};
}

}  // namespace

std::string log_path(const std::string& directory, const std::string& service, int index) {
  const std::string path = directory + "/" + service + ".log";
  return index == 0 ? path : path + "." + std::to_string(index);
}

LogFile::LogFile(std::string directory, const std::string& service, const LogLimits& limits)
    : directory_(std::move(directory)), path_(log_path(directory_, service, 0)), limits_(limits) {}

// The size of the file that stands at the path now.
Result<std::uint64_t> LogFile::open_file() {
  struct stat status{};
  if (fd_.valid() && stat(path_.c_str(), &status) == 0 && status.st_ino == inode_) {
    return static_cast<std::uint64_t>(status.st_size);
  }
  if (auto made = sys::Files().make_directories(directory_, 0750); !made) {
    return std::unexpected(made.error());
  }
  fd_.reset(open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!fd_.valid() || fstat(fd_.get(), &status) != 0) return fail_errno("open '" + path_ + "'");
  inode_ = status.st_ino;
  return static_cast<std::uint64_t>(status.st_size);
}

Result<void> LogFile::rotate() {
  fd_.reset();
  for (int index = limits_.files - 1; index > 0; --index) {
    const std::string from = index == 1 ? path_ : path_ + "." + std::to_string(index - 1);
    if (rename(from.c_str(), (path_ + "." + std::to_string(index)).c_str()) != 0 &&
        errno != ENOENT) {
      return fail_errno("rotate '" + from + "'");
    }
  }
  if (limits_.files <= 1 && unlink(path_.c_str()) != 0) return fail_errno("remove '" + path_ + "'");
  enforce_total(directory_, limits_.total_bytes);
  return {};
}

Result<void> LogFile::append(const Batch& batch) {
  auto size = open_file();
  if (size && *size > 0 && *size + batch.text.size() > limits_.file_bytes) {
    if (auto rotated = rotate(); !rotated) return rotated;
    size = open_file();
  }
  if (!size) return std::unexpected(size.error());
  const Intent intent{batch.end, inode_, *size, batch.text.size()};
  if (auto noted = batch.spool->intend(intent); !noted) return noted;
  if (auto written = write_all(fd_.get(), batch.text, *size); !written) {
    // Without the beginning of the batch, and with nothing announced, it can be tried again.
    if (ftruncate(fd_.get(), static_cast<off_t>(*size)) == 0) (void)batch.spool->intend({});
    return context("'" + path_ + "'", written.error());
  }
  return batch.spool->finish(batch.end);
}

bool was_written(const std::string& directory, const std::string& service, const Intent& intent) {
  const std::string path = log_path(directory, service, 0);
  struct stat status{};
  if (stat(path.c_str(), &status) != 0 || status.st_ino != intent.log_inode) return false;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (size >= intent.log_offset + intent.log_bytes) return true;
  // Size and contents of a file being written never disagree by more than its last page.
  if (size > intent.log_offset) {
    return truncate(path.c_str(), static_cast<off_t>(intent.log_offset)) != 0;
  }
  return false;
}

void enforce_total(const std::string& directory, std::uint64_t total_bytes) {
  struct Rotated {
    timespec changed;
    std::string path;
    std::uint64_t size;
  };
  const auto names = sys::Files().list(directory);
  if (!names) return;
  std::uint64_t total = 0;
  std::vector<Rotated> rotated;
  for (const auto& name : *names) {
    struct stat status{};
    const std::string path = directory + "/" + name;
    if (lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    const auto size = static_cast<std::uint64_t>(status.st_size);
    total += size;
    if (name.find(".log.") != std::string::npos) rotated.push_back({status.st_mtim, path, size});
  }
  std::ranges::sort(rotated, [](const Rotated& a, const Rotated& b) {
    return std::pair(a.changed.tv_sec, a.changed.tv_nsec) <
           std::pair(b.changed.tv_sec, b.changed.tv_nsec);
  });
  for (const auto& each : rotated) {
    if (total <= total_bytes) return;
    if (unlink(each.path.c_str()) == 0) total -= each.size;
  }
}

}  // namespace ros::logd
