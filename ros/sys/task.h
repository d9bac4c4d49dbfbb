// Task<T>: a coroutine that yields one T, for sequences of waits that read as straight-line code.
//
// Single-threaded: everything resumes from the event loop. A Task starts when it is awaited;
// start() runs one detached until it ends. Destroying an unfinished Task destroys its frame and,
// with it, whatever it was waiting for (that is how cancellation works). Exceptions must not leave
// a coroutine.
//
// g++ 12 miscompiles temporaries inside co_await expressions: bind arguments with destructors to
// named locals first, and keep co_await out of conditional expressions.
#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <utility>

#include "sys/event_loop.h"

namespace ros::sys {

namespace internal {

struct FinalAwaiter {
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  template <class Promise>
  std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> done) const noexcept {
    const auto next = done.promise().continuation;
    return next ? next : std::noop_coroutine();
  }
  void await_resume() const noexcept {}
};

struct PromiseBase {
  std::coroutine_handle<> continuation;
  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
  [[nodiscard]] FinalAwaiter final_suspend() const noexcept { return {}; }
  [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
};

}  // namespace internal

template <class T>
class [[nodiscard]] Task {
 public:
  struct promise_type : internal::PromiseBase {
    std::optional<T> value;
    Task get_return_object() {
      return Task(std::coroutine_handle<promise_type>::from_promise(*this));
    }
    template <class U>
    void return_value(U&& result) {
      value.emplace(std::forward<U>(result));
    }
  };

  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, nullptr);
    }
    return *this;
  }
  ~Task() {
    if (handle_) handle_.destroy();
  }

  [[nodiscard]] bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
    handle_.promise().continuation = awaiting;
    return handle_;
  }
  T await_resume() { return std::move(*handle_.promise().value); }

 private:
  explicit Task(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  std::coroutine_handle<promise_type> handle_;
};

// A value that arrives once: the bridge from callbacks to a coroutine. One waiter at most. The
// Completion must outlive its waiter; set() before anyone waits is kept; a second set() is ignored.
template <class T>
class Completion {
 public:
  Completion() = default;
  Completion(const Completion&) = delete;
  Completion& operator=(const Completion&) = delete;

  [[nodiscard]] bool is_set() const { return value_.has_value(); }

  // Resumes the waiter before it returns: set() must be the caller's last use of what the waiter
  // owns.
  void set(T value) {
    if (value_.has_value()) return;
    value_.emplace(std::move(value));
    if (waiter_) std::exchange(waiter_, nullptr).resume();
  }

  [[nodiscard]] bool await_ready() const noexcept { return value_.has_value(); }
  void await_suspend(std::coroutine_handle<> waiter) noexcept { waiter_ = waiter; }
  T await_resume() { return std::move(*value_); }

 private:
  std::optional<T> value_;
  std::coroutine_handle<> waiter_;
};

// Suspends for `delay`.
class Sleep {
 public:
  Sleep(EventLoop& loop, Millis delay) : loop_(loop), delay_(delay) {}
  Sleep(const Sleep&) = delete;
  Sleep& operator=(const Sleep&) = delete;
  ~Sleep() {
    if (timer_ != 0) loop_.cancel(timer_);
  }
  [[nodiscard]] bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    timer_ = loop_.after(delay_, [this, waiter] {
      timer_ = 0;
      waiter.resume();
    });
  }
  void await_resume() const noexcept {}

 private:
  EventLoop& loop_;
  Millis delay_;
  TimerId timer_ = 0;
};

namespace internal {

struct Detached {
  struct promise_type {
    [[nodiscard]] Detached get_return_object() const noexcept { return {}; }
    [[nodiscard]] std::suspend_never initial_suspend() const noexcept { return {}; }
    [[nodiscard]] std::suspend_never final_suspend() const noexcept { return {}; }
    void return_void() const noexcept {}
    [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
  };
};

}  // namespace internal

// Runs `task` now, until its first wait, and later from the loop; `done` gets its value. The frame
// lives until it ends, so whatever it refers to must live longer.
template <class T>
void start(Task<T> task, std::function<void(T)> done) {
  [](Task<T> owned, std::function<void(T)> then) -> internal::Detached {
    T value = co_await owned;
    then(std::move(value));
  }(std::move(task), std::move(done));
}

}  // namespace ros::sys
