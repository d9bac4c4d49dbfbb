#include "logd/writer.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <csignal>

#include "base/log.h"

namespace ros::logd {
namespace {

void wake(int event_fd) {
  const std::uint64_t one = 1;
  while (write(event_fd, &one, sizeof one) < 0 && errno == EINTR) continue;
}

}  // namespace

Result<std::unique_ptr<Writer>> Writer::create(sys::EventLoop& loop, std::string directory,
                                               const LogLimits& limits, Replace replace,
                                               Done done) {
  std::unique_ptr<Writer> writer(
      new Writer(loop, std::move(directory), limits, std::move(replace), std::move(done)));
  writer->to_thread_.reset(eventfd(0, EFD_CLOEXEC | EFD_SEMAPHORE));
  writer->to_loop_.reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!writer->to_thread_.valid() || !writer->to_loop_.valid()) return fail_errno("eventfd");
  Writer* raw = writer.get();
  auto watched = loop.watch(raw->to_loop_.get(), EPOLLIN, [raw](std::uint32_t) { raw->collect(); });
  if (!watched) return std::unexpected(watched.error());
  // Signals are for the loop.
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  raw->thread_ = std::thread([raw] { raw->work(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return writer;
}

Writer::Writer(sys::EventLoop& loop, std::string directory, const LogLimits& limits,
               Replace replace, Done done)
    : loop_(loop),
      directory_(std::move(directory)),
      limits_(limits),
      done_(std::move(done)),
      replace_(std::move(replace)) {}

Writer::~Writer() {
  {
    const std::scoped_lock lock(mutex_);
    ending_ = true;
  }
  if (thread_.joinable()) {
    wake(to_thread_.get());
    thread_.join();
  }
  if (to_loop_.valid()) loop_.unwatch(to_loop_.get());
}

void Writer::write(Batch batch) {
  {
    const std::scoped_lock lock(mutex_);
    queue_.push_back(std::move(batch));
  }
  wake(to_thread_.get());
}

void Writer::work() {
  for (;;) {
    std::uint64_t count = 0;
    if (read(to_thread_.get(), &count, sizeof count) < 0) continue;  // EINTR
    std::unique_lock lock(mutex_);
    if (ending_) return;
    if (queue_.empty()) continue;
    Batch batch = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    auto result = write_one(batch);
    lock.lock();
    finished_.emplace_back(std::move(batch), std::move(result));
    lock.unlock();
    wake(to_loop_.get());
  }
}

Result<void> Writer::write_one(const Batch& batch) {
  auto& file = files_.try_emplace(batch.service, directory_, batch.service, limits_).first->second;
  auto written = file.append(batch);
  if (written || !replaced(written.error())) return written;
  return file.append(batch);
}

// A disk that is full has room again some time; one that is gone, or can only be read, stays so.
bool Writer::replaced(const Error& error) {
  if (!replace_ || error.code == ENOSPC || !replace_(directory_)) return false;
  replace_ = nullptr;
  log(LogLevel::kWarning, error.message + ": the logs of services are in memory from now on");
  return true;
}

void Writer::collect() {
  std::uint64_t count = 0;
  if (read(to_loop_.get(), &count, sizeof count) < 0) return;
  std::deque<std::pair<Batch, Result<void>>> finished;
  {
    const std::scoped_lock lock(mutex_);
    finished.swap(finished_);
  }
  for (auto& [batch, result] : finished) done_(batch, std::move(result));
}

}  // namespace ros::logd
