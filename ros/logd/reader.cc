#include "logd/reader.h"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "logd/log_file.h"
#include "sys/files.h"

namespace ros::logd {
namespace {

constexpr int kMostFiles = 100;

[[nodiscard]] Result<std::string> read_from(int fd, std::uint64_t position) {
  std::string text;
  std::array<char, 65'536> bytes;
  for (;;) {
    const ssize_t count =
        pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(position + text.size()));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail_errno("read log");
    if (count == 0) return text;
    text.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

}  // namespace

std::vector<std::string> last_lines(const std::string& text, std::size_t count) {
  std::vector<std::string> lines;
  std::size_t end = text.size();
  while (end > 0 && lines.size() < count) {
    const auto before = end < 2 ? std::string::npos : text.rfind('\n', end - 2);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    lines.push_back(text.substr(begin, end - begin - 1));
    end = begin;
  }
  std::ranges::reverse(lines);
  return lines;
}

Result<LogReader> LogReader::open(const std::string& service, bool follow,
                                  const std::string& directory) {
  if (service.empty() || service.find('/') != std::string::npos) {
    return fail_errno("log of service '" + service + "'", EINVAL);
  }
  auto reader = open_file(log_path(directory, service, 0), follow);
  return reader ? std::move(reader) : context("log of service '" + service + "'", reader.error());
}

Result<LogReader> LogReader::open_file(const std::string& path, bool follow) {
  LogReader reader(path);
  if (follow) {
    if (auto watched = reader.watch(); !watched) return std::unexpected(watched.error());
  } else if (!reader.open_index(0).fd.valid()) {
    return fail_errno("'" + path + "'", ENOENT);
  }
  return reader;
}

Result<void> LogReader::watch() {
  const std::string directory = sys::parent_of(path_);
  if (auto made = sys::Files().make_directories(directory, 0750); !made) return made;
  inotify_.reset(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  constexpr std::uint32_t kEvents = IN_MODIFY | IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO;
  if (!inotify_.valid() || inotify_add_watch(inotify_.get(), directory.c_str(), kEvents) < 0) {
    return fail_errno("watch '" + directory + "'");
  }
  return {};
}

LogReader::File LogReader::open_index(int index) const {
  File file;
  const std::string path = index == 0 ? path_ : path_ + "." + std::to_string(index);
  file.fd.reset(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  struct stat status{};
  if (file.fd.valid() && fstat(file.fd.get(), &status) == 0) file.inode = status.st_ino;
  return file;
}

Result<std::vector<std::string>> LogReader::last(std::size_t count) {
  std::vector<std::string> lines;
  std::uint64_t newer = 0;
  for (int index = 0; index < kMostFiles && (index == 0 || lines.size() < count); ++index) {
    File file = open_index(index);
    if (!file.fd.valid()) {
      if (index == 0) continue;  // just being rotated
      break;
    }
    if (file.inode == newer) continue;  // rotated between two opens: known already
    newer = file.inode;
    auto text = read_from(file.fd.get(), 0);
    if (!text) return std::unexpected(text.error());
    text->erase(text->rfind('\n') + 1);  // npos + 1 = 0
    auto found = last_lines(*text, count - lines.size());
    lines.insert(lines.begin(), found.begin(), found.end());
    if (file_.fd.valid()) continue;
    position_ = text->size();
    file_ = std::move(file);
  }
  return lines;
}

Result<void> LogReader::read_rest(std::vector<std::string>& lines) {
  auto text = read_from(file_.fd.get(), position_);
  if (!text) return std::unexpected(text.error());
  text->erase(text->rfind('\n') + 1);
  position_ += text->size();
  auto found = last_lines(*text, text->size());
  lines.insert(lines.end(), found.begin(), found.end());
  return {};
}

Result<std::vector<std::string>> LogReader::more() {
  std::array<char, 4096> events;
  while (inotify_.valid() && read(inotify_.get(), events.data(), events.size()) > 0) continue;
  std::vector<std::string> lines;
  // From the file that was read last over those between to the present one. Each step opens the
  // next younger file, so that a rotation on the way only repeats the search.
  for (;;) {
    if (file_.fd.valid()) {
      if (auto rest = read_rest(lines); !rest) return std::unexpected(rest.error());
    }
    File next;
    for (int index = 0; index < kMostFiles; ++index) {
      File file = open_index(index);
      if (!file.fd.valid() && index > 0) break;
      if (file_.fd.valid() && file.inode == file_.inode) break;
      if (file.fd.valid()) next = std::move(file);
      if (!file_.fd.valid()) break;
    }
    if (!next.fd.valid()) return lines;
    // It may have grown between the last read and its rotation.
    if (file_.fd.valid()) {
      if (auto rest = read_rest(lines); !rest) return std::unexpected(rest.error());
    }
    file_ = std::move(next);
    position_ = 0;
  }
}

}  // namespace ros::logd
