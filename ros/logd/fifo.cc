#include "logd/fifo.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "base/log.h"

namespace ros::logd {
namespace {

[[nodiscard]] std::string path_of(const std::string& id, const char* suffix) {
  return std::string(kFifoDirectory) + "/" + id + suffix;
}

[[nodiscard]] Result<sys::UniqueFd> make_one(const std::string& path) {
  if (mkfifo(path.c_str(), 0600) != 0 && errno != EEXIST) {
    return fail_errno("make FIFO '" + path + "'");
  }
  // Read and write: neither open nor a writer ever waits for the other side.
  sys::UniqueFd fd(open(path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW));
  if (!fd.valid()) return fail_errno("open FIFO '" + path + "'");
  struct stat status{};
  if (fstat(fd.get(), &status) != 0 || !S_ISFIFO(status.st_mode)) {
    return fail("'" + path + "' is no FIFO");
  }
  return fd;
}

[[nodiscard]] bool is_empty(int fd) {
  int bytes = 0;
  return fd < 0 || ioctl(fd, FIONREAD, &bytes) != 0 || bytes == 0;
}

}  // namespace

bool FifoPair::drained() const {
  return is_empty(keep_out.get()) && is_empty(keep_err.get());
}

Result<FifoPair> make_fifos(const sys::Files& files, const std::string& id) {
  if (auto made = files.make_directories(kFifoDirectory, 0700); !made) {
    return std::unexpected(made.error());
  }
  FifoPair pair{files.real(path_of(id, ".out")), files.real(path_of(id, ".err")), {}, {}};
  auto out = make_one(pair.out);
  if (!out) return std::unexpected(out.error());
  auto err = make_one(pair.err);
  if (!err) return std::unexpected(err.error());
  pair.keep_out = std::move(*out);
  pair.keep_err = std::move(*err);
  return pair;
}

void remove_fifos(const sys::Files& files, const std::string& id) {
  for (const char* suffix : {".out", ".err"}) {
    if (auto gone = files.remove(path_of(id, suffix)); !gone) {
      log(LogLevel::kWarning, gone.error().message);
    }
  }
}

}  // namespace ros::logd
