// Starts services by their label `cron.schedule`. Follows the clock when it is set: a time that is
// jumped over counts once, however long the jump, and after a step back everything is planned anew.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "config/schedule.h"
#include "config/service.h"
#include "sys/event_loop.h"

namespace ros::manager {

class Cron {
 public:
  using Clock = std::function<std::time_t()>;  // seconds since 1970
  using Start = std::function<void(const std::string& service)>;

  // `loop` must outlive the object. `start` is called from the loop.
  Cron(sys::EventLoop& loop, Clock clock, Start start)
      : loop_(loop), clock_(std::move(clock)), start_(std::move(start)) {}

  // From now on it is these services; those without a schedule are ignored.
  void set(const std::vector<config::ServiceDefinition>& services);

  // Starts what is due.
  void tick();

  // Waits for what comes next by the new time.
  void clock_was_set() { arm(); }

 private:
  struct Entry {
    std::string service;
    std::string text;  // of the schedule
    config::Schedule schedule;
    std::time_t since = 0;  // the times after this one have not been looked at
  };
  void arm();

  sys::EventLoop& loop_;
  Clock clock_;
  Start start_;
  std::vector<Entry> entries_;
  sys::TimerId timer_ = 0;
};

}  // namespace ros::manager
