// Tasks: an owner of detached tasks. Those that have not ended when it is destroyed end with it.
#pragma once

#include <coroutine>
#include <functional>
#include <set>
#include <utility>

#include "sys/task.h"

namespace ros::sys {

// None of its own tasks may destroy or cancel it.
class Tasks {
 public:
  Tasks() = default;
  Tasks(const Tasks&) = delete;
  Tasks& operator=(const Tasks&) = delete;
  ~Tasks() { cancel(); }

  // Runs `task` now, until its first wait, and later from the loop; `done` gets its value.
  template <class T>
  void start(Task<T> task, std::function<void(T)> done) {
    run(*this, std::move(task), std::move(done));
  }

  // Destroys what has not ended: its `done` is not called.
  void cancel() {
    while (!running_.empty()) {
      const auto frame = *running_.begin();
      frame.destroy();
    }
  }

 private:
  struct Owned {
    struct promise_type : internal::Detached::promise_type {
      template <class... Others>
      explicit promise_type(Tasks& tasks, const Others&... /*others*/) : owner(tasks) {
        owner.running_.insert(frame());
      }
      promise_type(const promise_type&) = delete;
      promise_type& operator=(const promise_type&) = delete;
      ~promise_type() { owner.running_.erase(frame()); }
      [[nodiscard]] Owned get_return_object() const noexcept { return {}; }
      [[nodiscard]] std::coroutine_handle<> frame() {
        return std::coroutine_handle<promise_type>::from_promise(*this);
      }
      Tasks& owner;
    };
  };

  template <class T>
  static Owned run(Tasks& /*owner*/, Task<T> task, std::function<void(T)> done) {
    T value = co_await task;
    done(std::move(value));
  }

  std::set<std::coroutine_handle<>> running_;
};

}  // namespace ros::sys
