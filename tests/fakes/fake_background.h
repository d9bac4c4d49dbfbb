// A background that does its work at once; the answer comes from the loop all the same. Or none
// does: on a disk that stands still.
#pragma once

#include <utility>
#include <vector>

#include "sys/background.h"

namespace ros::fakes {

class FakeBackground final : public sys::Background {
 public:
  explicit FakeBackground(sys::EventLoop& loop) : Background(loop) {}

  void run(Work work, Done done) override {
    if (frozen_) return waiting_.push_back({std::move(work), std::move(done)});
    loop_.post([result = work(), done = std::move(done)] { done(result); });
  }

  void freeze() { frozen_ = true; }
  void thaw() {
    frozen_ = false;
    for (auto& [work, done] : std::exchange(waiting_, {})) run(std::move(work), std::move(done));
  }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  struct Job {
    Work work;
    Done done;
  };
  bool frozen_ = false;
  std::vector<Job> waiting_;
};

}  // namespace ros::fakes
