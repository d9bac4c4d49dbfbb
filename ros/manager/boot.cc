#include "manager/boot.h"

#include <algorithm>
#include <set>

#include "base/log.h"
#include "base/text.h"
#include "plan/tables.h"
#include "sys/files.h"

namespace ros::manager {
namespace {

constexpr auto kFinishedSteps = "/run/ros/manager/steps";  // names, one a line
constexpr auto kStateStep = "state";

bool belongs_to_the_process(const plan::Action& action) {
  return std::holds_alternative<plan::ReadConfig>(action) ||
         std::holds_alternative<plan::StartContainerd>(action) ||
         std::holds_alternative<plan::Coldplug>(action);
}

}  // namespace

Boot::Boot(sys::EventLoop& loop, sys::Background& background, host::Host& host, Hooks hooks)
    : loop_(loop),
      background_(background),
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
  const auto names = split_words(finished.value_or(""));
  finished_.insert(names.begin(), names.end());
  state_decided_ = state_present_ = finished_.contains(kStateStep);
  const auto loaded = std::make_shared<Loaded>();
  auto work = [this, loaded, presence = presence()]() -> Result<void> {
    *loaded = load({}, presence);
    return {};
  };
  background_.run(work, [this, loaded](const Result<void>&) {
    take(std::move(*loaded));
    begin_steps();
    for (const auto& what : std::exchange(planned_, {})) what();
  });
}

void Boot::when_planned(std::function<void()> what) {
  if (!plan_.steps.empty()) return what();
  planned_.push_back(std::move(what));
}

void Boot::begin_steps() {
  std::set<std::string> skipped;
  for (const auto& name : finished_) {
    const auto* const step = plan_.step(name);
    if (step == nullptr || !belongs_to_the_process(step->action)) skipped.insert(name);
  }
  steps_.skip(skipped);
  steps_.run(plan_);
}

std::optional<bool> Boot::presence() const {
  return state_decided_ ? std::optional(state_present_) : std::nullopt;
}

Boot::Loaded Boot::load(std::vector<config::Layer> user_layers,
                        std::optional<bool> presence) const {
  Loaded loaded;
  if (auto text = host_.files().read(plan::kBuiltInConfig)) {
    loaded.layers.push_back({std::string(plan::kBuiltInConfig), std::move(*text), true});
  } else {
    log(LogLevel::kError, text.error().message);
  }
  for (auto& layer : user_layers) loaded.layers.push_back(std::move(layer));
  loaded.command_line = host_.files().read("/proc/cmdline").value_or("");
  loaded.configuration = config::load(loaded.layers, loaded.command_line);
  loaded.state_present = presence ? *presence : host_.state_present(loaded.configuration.config);
  return loaded;
}

void Boot::take(Loaded loaded) {
  layers_ = std::move(loaded.layers);
  command_line_ = std::move(loaded.command_line);
  configuration_ = std::move(loaded.configuration);
  state_present_ = loaded.state_present;
  plan_ = plan::build(configuration_.config, host_.facts(state_present_));
}

void Boot::repeat(const std::vector<std::string>& names) {
  plan_ = plan::build(configuration_.config, host_.facts(state_present_));
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
    read_config(*read, [this, done = std::move(done),
                        whole = !read->files.empty()](const Result<void>& result) {
      config_read_ = config_read_ || whole;
      if (whole && !resumed_) {
        for (const auto& complaint : configuration_.complaints) {
          log(LogLevel::kWarning, complaint.describe());
        }
      }
      steps_.run(plan_);  // before the steps that wait for this one begin with the older plan
      done(result);
    });
  } else if (std::holds_alternative<plan::StartContainerd>(step.action)) {
    done(hooks_.start_containerd());
  } else {
    if (std::holds_alternative<plan::RunCommands>(step.action)) keep_finished(step.name);
    background_.run([this, action = step.action] { return host_.perform(action); },
                    std::move(done));
  }
}

std::vector<config::Layer> Boot::disc_layers() const {
  std::vector<config::Layer> disc;
  for (const auto& layer : layers_)
    if (layer.medium != config::Medium::kFile) disc.push_back(layer);
  return disc;
}

void Boot::read_config(plan::ReadConfig action, StepRunner::Done done) {
  const auto disc = disc_layers();
  if (config_read_ || !disc.empty()) action.disc_label.clear();
  auto known = layers_;
  std::erase_if(known, std::mem_fn(&config::Layer::built_in));
  const auto loaded = std::make_shared<std::optional<Loaded>>();
  auto work = [this, action, disc, known, again = config_read_, presence = presence(),
               loaded]() -> Result<void> {
    auto read = host_.read_layers(action, disc);
    // A tenth of a second under emulation: not for what is loaded already.
    if (again || read.layers != known) *loaded = load(std::move(read.layers), presence);
    return read.problem;
  };
  background_.run(std::move(work), [this, loaded, done = std::move(done)](Result<void> result) {
    if (*loaded) take(*std::move(*loaded));
    done(std::move(result));
  });
}

void Boot::step_ended(const StepReport& report) {
  if (report.name == kStateStep) state_decided_ = true;
  if (report.error.empty()) keep_finished(report.name);
  hooks_.step_ended(report);
  if (services_started_ || !config_read_ || !steps_.all_ended(plan_.services_after)) return;
  services_started_ = true;
  hooks_.services_may_start();
}

void Boot::keep_finished(const std::string& step) {
  if (!finished_.insert(step).second) return;
  if (auto kept = host_.files().append(kFinishedSteps, step + "\n"); !kept) {
    log(LogLevel::kWarning, kept.error().message);
  }
}

void Boot::reload(StepRunner::Done done) {
  if (!services_started_) {  // the steps of the boot are still those of the present plan
    return done(fail_errno("kept for the next boot: the system is still starting", EAGAIN));
  }
  reload_queued_.push_back(std::move(done));
  if (reloading_.empty()) begin_reload();
}

void Boot::look_at_next_boot(sys::Background& background,
                             std::function<void(Result<config::Complaints>)> done) const {
  auto action = std::get<plan::ReadConfig>(plan_.step("config")->action);
  action.disc_label.clear();
  const auto complaints = std::make_shared<config::Complaints>();
  auto work = [this, action, disc = disc_layers(), presence = presence(),
               complaints]() -> Result<void> {
    auto read = host_.read_layers(action, disc, false);
    *complaints = load(std::move(read.layers), presence).configuration.complaints;
    if (!read.problem)
      complaints->push_back(
          {{std::string(plan::kConfigDirectory)}, "", read.problem.error().message});
    return {};
  };
  background.run(std::move(work), [complaints, done = std::move(done)](const Result<void>& ran) {
    if (!ran) return done(std::unexpected(ran.error()));
    done(std::move(*complaints));
  });
}

void Boot::begin_reload() {
  reloading_ = std::exchange(reload_queued_, {});
  const auto* const step = plan_.step("config");
  const auto& action = std::get<plan::ReadConfig>(step->action);
  read_config(action, [this, before = plan_,
                       known = configuration_.complaints](const Result<void>& result) {
    if (!result) log(LogLevel::kError, result.error().message);
    for (const auto& complaint : configuration_.complaints)
      if (std::ranges::find(known, complaint) == known.end())
        log(LogLevel::kWarning, complaint.describe());
    // Steps of the next boot are none of a manager that starts again in this one.
    for (const auto& each : plan_.steps)
      if (before.step(each.name) == nullptr) keep_finished(each.name);
    render(plan::changed_steps(before, plan_));
  });
}

void Boot::render(const plan::BootPlan& changed) {
  const auto left = std::make_shared<std::size_t>(changed.steps.size());
  const auto problems = std::make_shared<std::vector<std::string>>();
  const auto finish = [this, problems] {
    end_reload(problems->empty() ? Result<void>() : fail(join(*problems, "; ")));
  };
  if (*left == 0) return finish();
  rendering_ = std::make_unique<StepRunner>(
      loop_,
      [this](const plan::Step& step, StepRunner::Done done) { perform(step, std::move(done)); },
      [left, problems, finish, this](const StepReport& report) {
        if (!report.error.empty()) problems->push_back(report.name + ": " + report.error);
        if (--*left == 0) loop_.post(finish);  // the runner is still in use here
      });
  rendering_->run(changed);
}

void Boot::end_reload(Result<void> result) {
  hooks_.reloaded();
  for (auto& done : std::exchange(reloading_, {})) done(result);
  if (!reload_queued_.empty()) begin_reload();
}

}  // namespace ros::manager
