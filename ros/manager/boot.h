// Boot: configuration -> plan -> steps. Ends when the services may start.
//
// The plan is built from the built-in file and the command line, again at step "disc", as a NoCloud
// disc may say where the state is, and again at "config", when the user's files can be read. After
// a restart of the manager the steps that an earlier one finished are not run again, except those
// that this process needs: the configuration, the word to PID 1 that containerd is wanted, and the
// modules of devices, which leaves it listening for those that are plugged in later. Commands of
// the user run once a boot: a step of them counts as finished as soon as it begins, also when it
// fails.
//
// reload() reads the user's files again and does those steps again that render what has changed.
//
// What reads or probes a disk happens in the background; the loop only takes the results over.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/load.h"
#include "host/host.h"
#include "manager/steps.h"
#include "plan/plan.h"
#include "sys/background.h"

namespace ros::manager {

class Boot {
 public:
  struct Hooks {
    std::function<Result<void>()> start_containerd;
    std::function<void(const StepReport&)> step_ended;
    std::function<void()> services_may_start;  // once
    std::function<void()> reloaded;            // the configuration is another one
  };

  // All must outlive the object.
  Boot(sys::EventLoop& loop, sys::Background& background, host::Host& host, Hooks hooks);

  void begin();

  // Runs `what` now, or when begin() has read the first layers: there is no plan before.
  void when_planned(std::function<void()> what);

  // `done` gets what went wrong with the steps; several calls at once become one more round.
  void reload(StepRunner::Done done);

  // Reads what the next boot will read, and tells what is wrong with it; nothing changes.
  void look_at_next_boot(sys::Background& background,
                         std::function<void(Result<config::Complaints>)> done) const;

  // Builds the plan again from what is known of the host now, and carries out these of its steps.
  void repeat(const std::vector<std::string>& names);

  // An earlier manager of this boot has been here.
  [[nodiscard]] bool resumed() const { return resumed_; }
  [[nodiscard]] const config::LoadResult& configuration() const { return configuration_; }
  [[nodiscard]] const std::vector<config::Layer>& layers() const { return layers_; }
  [[nodiscard]] const std::string& command_line() const { return command_line_; }
  [[nodiscard]] const plan::BootPlan& plan() const { return plan_; }
  [[nodiscard]] const std::vector<StepReport>& reports() const { return steps_.reports(); }

 private:
  // The configuration of layers on top of the built-in one. load() blocks, take() does not.
  struct Loaded {
    std::vector<config::Layer> layers;
    std::string command_line;
    config::LoadResult configuration;
    bool state_present = false;
  };
  // Whether the device of the state is there, where nobody has to look for it any more.
  [[nodiscard]] std::optional<bool> presence() const;
  [[nodiscard]] Loaded load(std::vector<config::Layer> user_layers,
                            std::optional<bool> presence) const;
  void take(Loaded loaded);
  void begin_steps();
  void perform(const plan::Step& step, StepRunner::Done done);
  // What a disc said: it may have been taken out since.
  [[nodiscard]] std::vector<config::Layer> disc_layers() const;
  // Loads what it reads; a disc only until the whole configuration has been read.
  void read_config(plan::ReadConfig action, StepRunner::Done done);
  void step_ended(const StepReport& report);
  void keep_finished(const std::string& step);
  void begin_reload();
  void render(const plan::BootPlan& changed);
  void end_reload(Result<void> result);

  sys::EventLoop& loop_;
  sys::Background& background_;
  host::Host& host_;
  Hooks hooks_;
  bool resumed_ = false;
  bool config_read_ = false;
  bool services_started_ = false;
  bool state_decided_ = false;  // mounted or given up: nobody looks for its device any more
  bool state_present_ = false;
  std::set<std::string> finished_;  // as recorded for the next manager
  std::vector<config::Layer> layers_;
  std::string command_line_;
  config::LoadResult configuration_;
  plan::BootPlan plan_;
  StepRunner steps_;
  std::vector<std::function<void()>> planned_;   // what waits for the first plan
  std::unique_ptr<StepRunner> rendering_;        // of a reload
  std::vector<StepRunner::Done> reloading_;      // whom the present reload answers
  std::vector<StepRunner::Done> reload_queued_;  // whom the next one does
};

}  // namespace ros::manager
