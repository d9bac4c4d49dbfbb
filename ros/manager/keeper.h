// Keeper: the services. Joins the supervisor (what to do) with the runner (how), the clock and the
// memory that outlives this process.
#pragma once

#include <functional>
#include <memory>

#include "containerd/client.h"
#include "manager/runner.h"
#include "supervise/supervisor.h"
#include "sys/event_loop.h"
#include "sys/files.h"
#include "sys/tasks.h"

namespace ros::manager {

class Keeper {
 public:
  using OnChange = std::function<void(const supervise::Change&)>;

  // All references must outlive the keeper. `on_shut_down` is called when the supervisor's shutdown
  // is done; nothing need change with that.
  Keeper(sys::EventLoop& loop, sys::Background& background, containerd::Client& client,
         ImageStore& images, const sys::Files& files,
         std::vector<config::ServiceDefinition> services, std::vector<supervise::Rejected> rejected,
         OnChange on_change, std::function<void()> on_shut_down);

  // Waits for containerd, takes over what runs and starts the rest.
  void begin();
  // The rest of begin(), when containerd is known to answer.
  void containerd_answers();

  // Before begin().
  void attend(const std::string& service, Attendant& attendant) {
    runner_.attend(service, attendant);
  }

  [[nodiscard]] supervise::Supervisor& supervisor() { return supervisor_; }
  [[nodiscard]] const supervise::Supervisor& supervisor() const { return supervisor_; }

  // What an earlier manager left has been taken over. Requests to the supervisor come after that.
  [[nodiscard]] bool begun() const { return begun_; }

  // Carries out what the supervisor wants next; call after each request to it.
  void pump();

 private:
  [[nodiscard]] sys::Task<bool> take_over();
  void drain();
  void arm_timer();

  sys::EventLoop& loop_;
  const sys::Files& files_;
  OnChange on_change_;
  std::function<void()> on_shut_down_;
  supervise::Supervisor supervisor_;
  ServiceRunner runner_;
  std::unique_ptr<Probe> containerd_probe_;
  sys::TimerId timer_ = 0;
  bool begun_ = false;  // adoption is over: actions may run
  bool scheduled_ = false;
  sys::Tasks tasks_;
};

}  // namespace ros::manager
