#include "logd/spool.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace ros::logd {
namespace {

constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kMagic = 0x31304c4f4f505352;  // "RSPOOL01"

// At offset 0, written by the thread that writes log files.
struct Progress {
  std::uint64_t magic = kMagic;
  std::uint64_t done = 0;
  Intent intent;  // open when its end lies beyond `done`
};
// Behind it, written by the thread that takes.
constexpr off_t kSkipAt = 512;

[[nodiscard]] Result<void> store(int fd, const void* data, std::size_t size, off_t at) {
  const ssize_t count = pwrite(fd, data, size, at);
  if (count != static_cast<ssize_t>(size)) return fail_errno("spool: write");
  return {};
}

}  // namespace

Result<std::unique_ptr<Spool>> Spool::open(const std::string& path) {
  sys::UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd.valid()) return fail_errno("spool '" + path + "'");
  std::unique_ptr<Spool> spool(new Spool(std::move(fd)));
  if (auto loaded = spool->load(); !loaded) {
    return context("spool '" + path + "'", loaded.error());
  }
  return spool;
}

Result<void> Spool::load() {
  struct stat status{};
  if (fstat(fd_.get(), &status) != 0) return fail_errno("stat");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  Progress progress;
  if (size < kPage) {  // new, or its maker was killed before the first byte
    if (ftruncate(fd_.get(), static_cast<off_t>(kPage)) != 0) return fail_errno("truncate");
    return store(fd_.get(), &progress, sizeof progress, 0);
  }
  if (pread(fd_.get(), &progress, sizeof progress, 0) != sizeof progress ||
      pread(fd_.get(), &skip_, sizeof skip_, kSkipAt) != sizeof skip_) {
    return fail_errno("read");
  }
  taken_ = size - kPage;
  if (progress.magic == 0) progress = {};  // killed between making and marking it
  if (progress.magic != kMagic || progress.done > taken_ || skip_.to > taken_) {
    return fail("damaged");
  }
  done_ = progress.done;
  if (progress.intent.end > done_ && progress.intent.end <= taken_) intent_ = progress.intent;
  return {};
}

Result<std::size_t> Spool::take(int fifo, std::size_t limit) {
  loff_t at = static_cast<loff_t>(kPage + taken_);
  const ssize_t count = splice(fifo, nullptr, fd_.get(), &at, limit, SPLICE_F_NONBLOCK);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return std::size_t{0};
  if (count < 0) return fail_errno("spool: splice");
  taken_ += static_cast<std::uint64_t>(count);
  return static_cast<std::size_t>(count);
}

Result<std::string> Spool::read(std::uint64_t offset, std::size_t size) const {
  std::string bytes(size, '\0');
  const ssize_t count = pread(fd_.get(), bytes.data(), size, static_cast<off_t>(kPage + offset));
  if (count < 0) return fail_errno("spool: read");
  bytes.resize(static_cast<std::size_t>(count));
  return bytes;
}

Result<void> Spool::intend(const Intent& intent) const {
  return store(fd_.get(), &intent, sizeof intent, offsetof(Progress, intent));
}

Result<void> Spool::finish(std::uint64_t done) const {
  return store(fd_.get(), &done, sizeof done, offsetof(Progress, done));
}

Result<void> Spool::set_skip(const Skip& skip) {
  skip_ = skip;
  return store(fd_.get(), &skip, sizeof skip, kSkipAt);
}

void Spool::forget(std::uint64_t offset) {
  constexpr std::uint64_t kStep = 4 * kPage;  // a system call for each page would cost more
  const std::uint64_t until = offset / kPage * kPage;
  if (until < forgotten_ + kStep) return;
  const auto from = static_cast<off_t>(kPage + forgotten_);
  const auto size = static_cast<off_t>(until - forgotten_);
  if (fallocate(fd_.get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from, size) == 0) {
    forgotten_ = until;
  }
}

}  // namespace ros::logd
