#include "manager/boot.h"

#include <set>

#include "base/log.h"
#include "base/text.h"
#include "sys/files.h"

namespace ros::manager {
namespace {

constexpr auto kBuiltInConfig = "/usr/share/ros/os-config.yml";
constexpr auto kFinishedSteps = "/run/ros/manager/steps";  // names, one a line

bool belongs_to_the_process(const plan::Action& action) {
  return std::holds_alternative<plan::ReadConfig>(action) ||
         std::holds_alternative<plan::StartContainerd>(action);
}

}  // namespace

Boot::Boot(sys::EventLoop& loop, sys::Background& background, host::Host& host, Hooks hooks)
    : background_(background),
      host_(host),
      hooks_(std::move(hooks)),
      steps_(
          loop,
          [this](const plan::Step& step, StepRunner::Done done) { perform(step, std::move(done)); },
          [this](const StepReport& report) { step_ended(report); }) {}

void Boot::begin() {
  const auto finished = host_.files().read(kFinishedSteps);
  resumed_ = finished.has_value();
  if (!resumed_) {
    if (auto made = host_.files().make_directories("/run/ros/manager", 0700); !made) {
      log(LogLevel::kError, made.error().message);
    }
  }
  load({});
  std::set<std::string> skipped;
  for (const auto& name : split_words(finished.value_or(""))) {
    const auto* const step = plan_.step(name);
    if (step == nullptr || !belongs_to_the_process(step->action)) skipped.insert(name);
  }
  steps_.skip(skipped);
  steps_.run(plan_);
}

void Boot::load(std::vector<config::Layer> user_layers) {
  layers_.clear();
  if (auto text = host_.files().read(kBuiltInConfig)) {
    layers_.push_back({kBuiltInConfig, std::move(*text), true});
  } else {
    log(LogLevel::kError, text.error().message);
  }
  for (auto& layer : user_layers) layers_.push_back(std::move(layer));
  const auto command_line = host_.files().read("/proc/cmdline");
  configuration_ = config::load(layers_, command_line.value_or(""));
  plan_ = plan::build(configuration_.config, host_.facts(configuration_.config.state.device));
}

void Boot::repeat(const std::vector<std::string>& names) {
  plan_ = plan::build(configuration_.config, host_.facts(configuration_.config.state.device));
  for (const auto& name : names) {
    const auto* const step = plan_.step(name);
    if (step == nullptr) continue;
    perform(*step, [name](const Result<void>& result) {
      if (!result) log(LogLevel::kError, "step '" + name + "': " + result.error().message);
    });
  }
}

void Boot::perform(const plan::Step& step, StepRunner::Done done) {
  if (const auto* const read = std::get_if<plan::ReadConfig>(&step.action)) {
    read_config(*read, std::move(done));
  } else if (std::holds_alternative<plan::StartContainerd>(step.action)) {
    done(hooks_.start_containerd());
  } else {
    background_.run([this, action = step.action] { return host_.perform(action); },
                    std::move(done));
  }
}

void Boot::read_config(const plan::ReadConfig& action, StepRunner::Done done) {
  auto layers = std::make_shared<std::vector<config::Layer>>();
  auto work = [this, action, layers]() -> Result<void> {
    auto read = host_.read_layers(action);
    *layers = std::move(read.layers);
    return read.problem;
  };
  background_.run(std::move(work), [this, layers, done = std::move(done)](Result<void> result) {
    load(std::move(*layers));
    config_read_ = true;
    if (!resumed_) {
      for (const auto& complaint : configuration_.complaints) {
        log(LogLevel::kWarning, complaint.describe());
      }
    }
    steps_.run(plan_);  // before the steps that wait for this one begin with the older plan
    done(std::move(result));
  });
}

void Boot::step_ended(const StepReport& report) {
  if (report.error.empty()) {
    if (auto kept = host_.files().append(kFinishedSteps, report.name + "\n"); !kept) {
      log(LogLevel::kWarning, kept.error().message);
    }
  }
  hooks_.step_ended(report);
  if (services_started_ || !config_read_ || !steps_.all_ended(plan_.services_after)) return;
  services_started_ = true;
  hooks_.services_may_start();
}

}  // namespace ros::manager
