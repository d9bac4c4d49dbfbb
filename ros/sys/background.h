// Background: blocking work on threads of its own, with the answer back in the event loop.
//
// For boot steps that wait inside system calls (fsck, module loading, mounts). Work must not touch
// the loop or anything that belongs to it. Unfinished work is waited for at destruction.
#pragma once

#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/result.h"
#include "sys/event_loop.h"
#include "sys/fd.h"

namespace ros::sys {

class Background {
 public:
  using Work = std::function<Result<void>()>;
  using Done = std::function<void(Result<void>)>;

  [[nodiscard]] static Result<std::unique_ptr<Background>> create(EventLoop& loop);
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  ~Background();

  // Starts `work` now; `done` runs in the loop.
  void run(Work work, Done done);

 private:
  struct Job {
    std::thread thread;
    Done done;
    Result<void> result;
  };
  explicit Background(EventLoop& loop) : loop_(loop) {}
  void collect();

  EventLoop& loop_;
  UniqueFd wake_;  // eventfd(2)
  std::list<Job> jobs_;
  std::mutex mutex_;  // guards finished_
  std::vector<std::list<Job>::iterator> finished_;
};

}  // namespace ros::sys
