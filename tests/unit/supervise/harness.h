// A Supervisor with a clock and short names, for the tests of the room.
#pragma once

#include <string>
#include <vector>

#include "supervise/supervisor.h"

namespace ros::supervise {

inline config::ServiceDefinition service(const std::string& name,
                                         std::vector<std::string> after = {}) {
  config::ServiceDefinition definition;
  definition.name = name;
  definition.image = name;
  definition.after = std::move(after);
  return definition;
}

struct Harness {
  explicit Harness(std::vector<config::ServiceDefinition> services,
                   std::vector<Rejected> rejected = {})
      : supervisor(std::move(services), std::move(rejected)) {}

  void boot() { supervisor.boot(now); }
  [[nodiscard]] Status status(const std::string& name) const {
    return supervisor.status(name).value();
  }
  [[nodiscard]] State state(const std::string& name) const { return status(name).state; }
  [[nodiscard]] Id id(const std::string& name) const { return {name, status(name).generation}; }

  void started(const std::string& name) { supervisor.started(now, id(name), 100); }
  void exited(const std::string& name, int code) { supervisor.exited(now, id(name), code); }
  void pass(Millis time) {
    now += time;
    supervisor.tick(now);
  }
  // From waiting for its next start to waiting for the next but one.
  void fail_once(const std::string& name, int code) {
    if (state(name) == State::kRestarting) {
      now = std::max(now, supervisor.next_deadline().value_or(now));
      supervisor.tick(now);
    }
    started(name);
    exited(name, code);
    supervisor.removed(now, id(name));
  }

  // What was asked for since the last call.
  std::vector<std::string> actions() {
    std::vector<std::string> texts;
    for (const auto& action : supervisor.take_actions()) texts.push_back(describe(action));
    return texts;
  }

  Supervisor supervisor;
  Millis now{1000};
};

}  // namespace ros::supervise
