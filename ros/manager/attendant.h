// Attendant: what a service needs around its life besides its container. The runner calls it; all
// calls come from the event loop and must not block.
#pragma once

#include "base/result.h"
#include "supervise/action.h"
#include "sys/background.h"
#include "sys/task.h"

namespace ros::manager {

class Attendant {
 public:
  Attendant() = default;
  Attendant(const Attendant&) = delete;
  Attendant& operator=(const Attendant&) = delete;
  virtual ~Attendant() = default;

  // Gives what is to be done before the container is made, in the background; null: nothing. An
  // error fails the start.
  [[nodiscard]] virtual sys::Background::Work starting() = 0;
  // It has become ready, or a manager that has just begun found it ready.
  virtual void ready(const supervise::Id& id) = 0;
  // Before the signal that ends it, which waits for the result. `again`: it starts anew afterwards.
  [[nodiscard]] virtual sys::Task<bool> stopping(supervise::Id id, bool again) = 0;
};

}  // namespace ros::manager
