// Background: blocking work on threads of its own, with the answer back in the event loop.
//
// For what waits inside system calls: fsck, modules, mounts, and every access to a disk, which may
// be slow, frozen (fsfreeze(8)) or gone. Work must not touch the loop or anything that belongs to
// it. Unfinished work is waited for at destruction.
#pragma once

#include <coroutine>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"
#include "sys/event_loop.h"
#include "sys/fd.h"

namespace ros::sys {

class Background {
 public:
  using Work = std::function<Result<void>()>;
  using Done = std::function<void(Result<void>)>;

  // At most `most_jobs` at a time: whoever asks again and again of a disk that does not answer
  // gets EAGAIN, rather than a thread each time.
  [[nodiscard]] static Result<std::unique_ptr<Background>> create(EventLoop& loop,
                                                                  std::size_t most_jobs = 64);
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  virtual ~Background();

  // Starts `work` now; `done` runs in the loop. Of works that have ended when the loop looks, those
  // that were started first are done first.
  virtual void run(Work work, Done done);
  // No work is unfinished, and each `done` has been called.
  [[nodiscard]] bool idle() const { return jobs_.empty(); }

 protected:
  // For tests, which do the work at once.
  explicit Background(EventLoop& loop) : loop_(loop) {}
  EventLoop& loop_;

 private:
  struct Job {
    std::uint64_t number = 0;
    std::thread thread;
    Done done;
    Result<void> result;
  };
  void collect();

  std::size_t most_jobs_ = 0;
  std::uint64_t started_ = 0;
  UniqueFd wake_;  // eventfd(2)
  std::list<Job> jobs_;
  std::mutex mutex_;  // guards finished_
  std::vector<std::list<Job>::iterator> finished_;
};

// co_await it, as a local variable, for the result of blocking work. When the coroutine is
// destroyed meanwhile, the work goes on and its result is dropped: it must hold all that it uses.
template <class T>
class InBackground {
 public:
  InBackground(Background& background, std::function<Result<T>()> work)
      : background_(background), work_(std::move(work)) {}
  InBackground(const InBackground&) = delete;
  InBackground& operator=(const InBackground&) = delete;
  ~InBackground() { state_->waiter = nullptr; }

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    state_->waiter = waiter;
    auto work = [state = state_, work = std::move(work_)]() -> Result<void> {
      state->result.emplace(work());
      return {};
    };
    background_.run(std::move(work), [state = state_](const Result<void>& ran) {
      if (!ran) state->result.emplace(std::unexpected(ran.error()));
      if (state->waiter) state->waiter.resume();
    });
  }
  [[nodiscard]] Result<T> await_resume() { return *std::move(state_->result); }

 private:
  struct State {
    std::coroutine_handle<> waiter;  // the loop's
    std::optional<Result<T>> result;
  };
  Background& background_;
  std::function<Result<T>()> work_;
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace ros::sys
