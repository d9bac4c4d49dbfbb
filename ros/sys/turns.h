// Turns: lets so many coroutines go on at a time, the weightiest of those that wait first.
//
// For work that a processor is busy with, where many at once only delay each other. Single-threaded
// like everything that a Task is.
#pragma once

#include <algorithm>
#include <coroutine>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "sys/event_loop.h"

namespace ros::sys {

class Turns {
 public:
  // Ends when it is destroyed. Must not outlive its Turns.
  class Turn {
   public:
    explicit Turn(Turns& turns) : turns_(&turns) {}
    Turn(Turn&& other) noexcept : turns_(std::exchange(other.turns_, nullptr)) {}
    Turn& operator=(Turn&&) = delete;
    ~Turn() {
      if (turns_ == nullptr) return;
      ++turns_->places_;
      turns_->admit_soon();
    }

   private:
    Turns* turns_;
  };

  class Wait {
   public:
    Wait(Turns& turns, std::uint64_t weight) : turns_(turns), weight_(weight) {}
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait() { std::erase(turns_.waiting_, this); }
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiter) {
      waiter_ = waiter;
      turns_.waiting_.push_back(this);
      turns_.admit_soon();
    }
    [[nodiscard]] Turn await_resume() const { return Turn(turns_); }

   private:
    friend class Turns;
    Turns& turns_;
    std::uint64_t weight_;
    std::coroutine_handle<> waiter_;
  };

  // `loop` must outlive it.
  Turns(EventLoop& loop, std::size_t places) : loop_(loop), places_(places) {}
  Turns(const Turns&) = delete;
  Turns& operator=(const Turns&) = delete;

  // A turn without waiting, when there is one and nobody waits.
  [[nodiscard]] std::optional<Turn> take_now() {
    if (places_ == 0 || !waiting_.empty()) return std::nullopt;
    --places_;
    return Turn(*this);
  }

  // co_await it for a Turn. Of equal weights the one that has waited longer goes first.
  [[nodiscard]] Wait wait(std::uint64_t weight) { return {*this, weight}; }

 private:
  // From the loop: whoever else wants a turn now is among those that are compared.
  void admit_soon() {
    loop_.post([this] { admit(); });
  }
  void admit() {
    while (places_ > 0 && !waiting_.empty()) {
      const auto next = std::ranges::max_element(waiting_, {}, &Wait::weight_);
      Wait& wait = **next;
      waiting_.erase(next);
      --places_;
      wait.waiter_.resume();
    }
  }

  EventLoop& loop_;
  std::size_t places_;
  std::vector<Wait*> waiting_;
};

}  // namespace ros::sys
