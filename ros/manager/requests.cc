#include "manager/requests.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "config/edit.h"
#include "config/load.h"
#include "host/state_report.h"
#include "logd/reader.h"
#include "manager/last_words.h"
#include "manager/log_request.h"
#include "plan/print.h"
#include "plan/tables.h"

namespace ros::manager {
namespace {

constexpr std::string_view kStateSteps[] = {"state-script", "autoformat", "state-device", "state",
                                            "user-paths"};

constexpr sys::Millis kPatience{1000};

const Error kStarting{EAGAIN, "the system is still starting: no service runs yet"};

std::int64_t milliseconds(const std::optional<supervise::Millis>& time) {
  return time ? time->count() : -1;
}

std::optional<supervise::Millis> grace(const std::optional<std::int64_t>& seconds) {
  constexpr std::int64_t kMostSeconds = 3600;
  if (!seconds) return std::nullopt;
  return std::chrono::seconds(std::clamp<std::int64_t>(*seconds, 0, kMostSeconds));
}

void done(const Result<void>& result, const std::shared_ptr<control::Reply>& reply) {
  if (!result) return reply->fail(result.error());
  reply->send(control::Done{});
}

// Over the built-in file among `layers`, whose services the text may change or wait for.
config::Complaints complaints_about(const config::Layer& file, std::vector<config::Layer> layers) {
  std::erase_if(layers, [](const config::Layer& layer) { return !layer.built_in; });
  layers.push_back(file);
  auto complaints = config::load(layers, "").complaints;
  std::erase_if(complaints, [&](const config::Complaint& complaint) {
    return complaint.position.file != file.name;
  });
  return complaints;
}

}  // namespace

void Requests::handle(const control::Request& request, const Reply& reply) {
  std::visit([&](const auto& operation) { answer(operation, reply); }, request);
}

void Requests::services_changed() {
  const auto* const keeper = sources_.keeper();
  for (auto waiting = waiting_.begin(); waiting != waiting_.end();) {
    const bool settled = std::ranges::all_of(
        waiting->names, [&](const auto& name) { return keeper->supervisor().settled(name); });
    if (settled) send_rows(waiting->names, waiting->reply);
    waiting = settled || waiting->reply->gone() ? waiting_.erase(waiting) : std::next(waiting);
  }
}

void Requests::answer(const control::ServiceList&, const Reply& reply) {
  send_rows({}, reply);
}

void Requests::answer(const control::ServicePs& request, const Reply& reply) {
  send_rows(request.names, reply);
}

void Requests::answer(const control::ServiceLogs& request, const Reply& reply) {
  std::vector<std::string> services;
  for (const auto& service : sources_.boot.plan().services) services.push_back(service.name);
  answer_logs(sources_.loop, sources_.background, request, services, reply);
}

void Requests::answer(const control::ServiceStart& request, const Reply& reply) {
  change_services(
      request.names,
      [this](supervise::Supervisor& supervisor, const std::string& name) {
        return supervisor.start(sources_.loop.now(), name);
      },
      reply);
}

// As `start`, and what runs with an older definition is replaced.
void Requests::answer(const control::ServiceUp& request, const Reply& reply) {
  change_services(
      request.names,
      [&](supervise::Supervisor& supervisor, const std::string& name) {
        const auto status = supervisor.status(name);
        if (status && status->outdated) {
          return supervisor.restart(sources_.loop.now(), name, grace(request.timeout_s));
        }
        return supervisor.start(sources_.loop.now(), name);
      },
      reply);
}

void Requests::answer(const control::ServiceStop& request, const Reply& reply) {
  change_services(
      request.names,
      [&](supervise::Supervisor& supervisor, const std::string& name) {
        return supervisor.stop(sources_.loop.now(), name, grace(request.timeout_s));
      },
      reply);
}

void Requests::answer(const control::ServiceRestart& request, const Reply& reply) {
  change_services(
      request.names,
      [&](supervise::Supervisor& supervisor, const std::string& name) {
        return supervisor.restart(sources_.loop.now(), name, grace(request.timeout_s));
      },
      reply);
}

void Requests::answer(const control::PlanGet& request, const Reply& reply) {
  const auto& plan = sources_.boot.plan();
  reply->send(control::Text{request.json ? plan::to_json(plan) : plan::to_text(plan)});
}

void Requests::answer(const control::ConfigGet& request, const Reply& reply) {
  reply->send(control::Text{config::get(sources_.boot.configuration().merged, request.key)});
}

void Requests::answer(const control::ConfigValidate& request, const Reply& reply) {
  const auto send = [reply](const Result<config::Complaints>& complaints) {
    if (!complaints) return reply->fail(complaints.error());
    control::ComplaintRows rows;
    for (const auto& complaint : *complaints) {
      rows.complaints.push_back({complaint.position.file, complaint.position.line,
                                 complaint.position.column, complaint.key, complaint.message,
                                 complaint.harmless});
    }
    reply->send(rows);
  };
  if (!request.text) return sources_.boot.look_at_next_boot(sources_.background, send);
  send(complaints_about({request.file, *request.text}, sources_.boot.layers()));
}

void Requests::answer(const control::ConfigSet& request, const Reply& reply) {
  sources_.editor.edit(
      [request](const config::Layer& file) {
        return config::set_key(file, request.key, request.value);
      },
      [reply](const Result<void>& result) { done(result, reply); });
}

void Requests::answer(const control::ConfigMerge& request, const Reply& reply) {
  sources_.editor.edit(
      [request](const config::Layer& file) {
        return config::merge_file(file, {request.file, request.text});
      },
      [reply](const Result<void>& result) { done(result, reply); });
}

void Requests::answer(const control::ConfigExport& request, const Reply& reply) {
  auto merged = sources_.boot.configuration().merged;
  if (!request.full) {
    auto layers = sources_.boot.layers();
    std::erase_if(layers, [](const config::Layer& layer) { return layer.built_in; });
    merged = config::load(layers, sources_.boot.command_line()).merged;
  }
  reply->send(control::Text{config::export_yaml(std::move(merged), request.with_private)});
}

// In the background: a device that is gone may keep a system call waiting.
void Requests::answer(const control::StateGet&, const Reply& reply) {
  const auto report = std::make_shared<host::StateReport>();
  auto look = [report, &files = sources_.files,
               device =
                   plan::state_device(sources_.boot.configuration().config)]() -> Result<void> {
    const std::string target(plan::kStateTarget);
    *report = host::look_at_state(files, target, sys::space_of(files, target), device);
    return {};
  };
  sources_.background.run(look, [this, report, reply](const Result<void>&) {
    control::StateInfo info{report->summary, report->problems};
    for (const auto& step : sources_.boot.reports()) {
      const bool about = std::ranges::find(kStateSteps, step.name) != std::end(kStateSteps);
      if (about && !step.error.empty()) info.problems.push_back("at boot: " + step.error);
    }
    reply->send(info);
  });
}

void Requests::answer(const control::BootReport& request, const Reply& reply) {
  const auto report = sources_.report();
  reply->send(control::Text{request.json ? report_json(report) : report_text(report)});
}

void Requests::answer(const control::Power& request, const Reply& reply) {
  constexpr std::pair<std::string_view, sys::PowerAction> kActions[] = {
      {"poweroff", sys::PowerAction::kPoweroff},
      {"reboot", sys::PowerAction::kReboot},
      {"halt", sys::PowerAction::kHalt},
  };
  for (const auto& [name, action] : kActions) {
    if (name != request.action) continue;
    if (const auto begun = sources_.power(action); !begun) return reply->fail(begun.error());
    return reply->send(control::Done{});
  }
  reply->fail({EINVAL, "'" + request.action + "' is not poweroff, reboot or halt"});
}

void Requests::answer(const control::Version&, const Reply& reply) {
  reply->send(control::VersionInfo{.version = ROS_VERSION});
}

void Requests::change_services(const std::vector<std::string>& names, const Verb& verb,
                               const Reply& reply) {
  auto* const keeper = sources_.keeper();
  if (keeper == nullptr || !keeper->begun()) return reply->fail(kStarting);
  if (names.empty()) return reply->fail({EINVAL, "at least one service name is needed"});
  for (const auto& name : names) {
    if (!keeper->supervisor().status(name)) {
      return reply->fail({ENOENT, "'" + name + "' is not a service"});
    }
  }
  for (const auto& name : names) {
    if (const auto asked = verb(keeper->supervisor(), name); !asked) {
      return reply->fail(asked.error());
    }
  }
  waiting_.push_back({names, reply});
  keeper->pump();
}

// What services in trouble said lies on a disk. One that does not answer costs the words, no more.
void Requests::send_rows(const std::vector<std::string>& names, const Reply& reply) const {
  const auto known = rows(names);
  if (std::ranges::none_of(known.services, in_trouble)) return reply->send(known);
  const auto with_words = std::make_shared<control::ServiceRows>(known);
  const auto answered = std::make_shared<bool>(false);
  const auto send = [reply, answered](const control::ServiceRows& all) {
    if (!std::exchange(*answered, true)) reply->send(all);
  };
  sources_.loop.after(kPatience, [send, known] { send(known); });
  sources_.background.run(
      [with_words]() -> Result<void> {
        add_last_words(*with_words, logd::kLogDirectory);
        return {};
      },
      [send, known, with_words](const Result<void>& ran) { send(ran ? *with_words : known); });
}

control::ServiceRows Requests::rows(const std::vector<std::string>& names) const {
  control::ServiceRows result;
  const auto* const keeper = sources_.keeper();
  if (keeper == nullptr) {
    for (const auto& service : sources_.boot.plan().services) {
      control::ServiceRow waiting;
      waiting.name = service.name;
      waiting.image = service.image;
      waiting.state = "waiting";
      waiting.reason = service.rejected;
      waiting.failed = !service.rejected.empty();
      result.services.push_back(waiting);
    }
    return result;
  }
  for (const auto& status : keeper->supervisor().list()) {
    const bool wanted = names.empty() || std::ranges::find(names, status.service) != names.end();
    if (wanted) result.services.push_back(row(status));
  }
  return result;
}

control::ServiceRow Requests::row(const supervise::Status& status) const {
  control::ServiceRow row;
  row.name = status.service;
  row.state = supervise::word(status.state);
  row.reason = status.reason;
  row.pid = status.pid;
  row.restarts = status.restarts;
  row.start_ms = milliseconds(status.start_at);
  row.ready_ms = milliseconds(status.ready_at);
  row.up = status.desired == supervise::Desired::kUp;
  row.ready = status.state == supervise::State::kReady;
  row.failed = status.failed;
  row.outdated = status.outdated;
  if (status.generation != 0) row.id = supervise::Id{status.service, status.generation}.text();
  const auto* const definition = sources_.keeper()->supervisor().definition(status.service);
  if (definition != nullptr) {
    row.image = definition->image;
    auto words = definition->entrypoint;
    words.insert(words.end(), definition->command.begin(), definition->command.end());
    row.command = join(words, " ");
  }
  return row;
}

}  // namespace ros::manager
