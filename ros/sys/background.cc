#include "sys/background.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cstdint>

namespace ros::sys {

Result<std::unique_ptr<Background>> Background::create(EventLoop& loop, std::size_t most_jobs) {
  std::unique_ptr<Background> background(new Background(loop));
  background->most_jobs_ = most_jobs;
  background->wake_.reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!background->wake_.valid()) return fail_errno("eventfd");
  auto* const raw = background.get();
  const auto watched =
      loop.watch(raw->wake_.get(), EPOLLIN, [raw](std::uint32_t) { raw->collect(); });
  if (!watched) return std::unexpected(watched.error());
  return background;
}

Background::~Background() {
  if (wake_.valid()) loop_.unwatch(wake_.get());
  for (auto& job : jobs_) job.thread.join();
}

void Background::run(Work work, Done done) {
  if (jobs_.size() >= most_jobs_) {
    const auto what = std::to_string(jobs_.size()) + " operations have not ended";
    return loop_.post([done = std::move(done), what] { done(fail_errno(what, EAGAIN)); });
  }
  const auto job = jobs_.emplace(jobs_.end());
  job->number = started_++;
  job->done = std::move(done);
  job->thread = std::thread([this, job, work = std::move(work)] {
    job->result = work();
    const std::lock_guard lock(mutex_);
    finished_.push_back(job);
    const std::uint64_t one = 1;
    // The counter can't overflow: collect() resets it.
    [[maybe_unused]] const ssize_t written = write(wake_.get(), &one, sizeof one);
  });
}

void Background::collect() {
  std::uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(wake_.get(), &count, sizeof count);
  std::vector<std::list<Job>::iterator> batch;
  {
    const std::lock_guard lock(mutex_);
    batch.swap(finished_);
  }
  std::ranges::sort(batch, {}, [](const auto& job) { return job->number; });
  for (const auto job : batch) {
    job->thread.join();
    const auto done = std::move(job->done);
    const auto result = std::move(job->result);
    jobs_.erase(job);
    done(result);
  }
}

}  // namespace ros::sys
