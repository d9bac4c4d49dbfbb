#include "logd/logd.h"

#include <CLI/CLI.hpp>
#include <csignal>

#include "base/log.h"
#include "logd/collector.h"
#include "sys/event_loop.h"
#include "sys/mount.h"
#include "sys/process.h"

namespace ros::logd {
namespace {

constexpr sys::Millis kLastWrites{2000};  // for the disk, after SIGTERM
constexpr sys::Millis kLook{10};

// What was logged before stays where it is, below /state.
[[nodiscard]] Result<void> mount_memory(const std::string& directory) {
  sys::KernelMounter mounter;
  return mounter.mount(
      {"tmpfs", directory, "tmpfs", {"mode=0755", "size=32m", "nosuid", "nodev", "noexec"}});
}

void stop_when_idle(sys::EventLoop& loop, const Collector& collector, sys::Millis deadline) {
  if (collector.idle() || loop.now() >= deadline) {
    loop.stop();
    return;
  }
  loop.after(kLook, [&loop, &collector, deadline] { stop_when_idle(loop, collector, deadline); });
}

[[nodiscard]] Result<void> collect(CollectorOptions options) {
  auto loop = sys::EventLoop::create();
  if (!loop) return std::unexpected(loop.error());
  auto collector = Collector::create(**loop, std::move(options));
  if (!collector) return std::unexpected(collector.error());
  const auto end = [&] {
    (*collector)->finish();
    stop_when_idle(**loop, **collector, (*loop)->now() + kLastWrites);
  };
  for (const int signo : {SIGTERM, SIGINT}) {
    if (auto set = (*loop)->on_signal(signo, end); !set) return set;
  }
  return (*loop)->run();
}

}  // namespace

int run(int argc, char** argv) {
  CollectorOptions options;
  options.replace = mount_memory;
  CLI::App app("brings the output of services into log files", "logd");
  app.add_option("--fifos", options.fifos, "directory of the FIFOs");
  app.add_option("--spools", options.spools, "directory on tmpfs for what is not written yet");
  app.add_option("--logs", options.logs, "directory of the log files");
  app.add_option("--file-bytes", options.limits.file_bytes, "size at which a file is rotated");
  app.add_option("--files", options.limits.files, "files kept for each service")
      ->check(CLI::Range(1, 100));
  app.add_option("--total-bytes", options.limits.total_bytes, "size of all files together");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  sys::raise_descriptor_limit();  // two for each FIFO
  if (auto ended = collect(options); !ended) {
    log(LogLevel::kError, "logd: " + ended.error().message);
    return 1;
  }
  return 0;
}

}  // namespace ros::logd
