#include "pid1/read_ahead.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "base/log.h"
#include "base/result.h"
#include "sys/fd.h"

namespace ros::pid1 {
namespace {

namespace fs = std::filesystem;

// In the order in which a boot starts them; at last the programs and libraries of the services.
constexpr auto kPrograms = {"sbin/ros", "usr/bin/containerd", "usr/bin/containerd-shim-runc-v2",
                            "usr/bin/crun"};
constexpr auto kImages = "images";
constexpr std::size_t kChunk = 1 << 20;

// Reads every file once, whatever number of names it has.
class Reader {
 public:
  // Into /dev/null, which takes the pages of the cache themselves: nothing is copied. readahead(2)
  // reads no more at once than the device is said to like.
  void read(const fs::path& path) {
    const sys::UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat status{};
    if (fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    if (!seen_.insert(status.st_ino).second) return;
    while (sendfile(null_.get(), file.get(), nullptr, kChunk) > 0) {
    }
  }

  void read_below(const fs::path& directory) {
    std::error_code error;
    for (fs::recursive_directory_iterator it(directory, error), end; !error && it != end;
         it.increment(error))
      if (it->is_regular_file(error) && !it->is_symlink(error)) read(it->path());
  }

 private:
  sys::UniqueFd null_{open("/dev/null", O_WRONLY | O_CLOEXEC)};
  std::set<ino_t> seen_;
};

}  // namespace

void start_read_ahead(const std::string& root) {
  // Both opened here: soon the two mounts are elsewhere.
  Reader reader;
  const sys::UniqueFd directory(open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const pid_t pid = fork();
  if (pid < 0) log(LogLevel::kWarning, fail_errno("read ahead").error().message);
  if (pid != 0) return;
  if (fchdir(directory.get()) == 0) {
    for (const auto* const program : kPrograms) reader.read(program);
    reader.read_below(kImages);
  }
  _exit(0);
}

}  // namespace ros::pid1
