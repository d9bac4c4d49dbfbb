#include "cli/console/user_commands.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "base/text.h"

namespace ros::cli {
namespace {

constexpr auto kRuncmd = "/run/ros/runcmd";
constexpr auto kStartScript = "/opt/rancher/bin/start.sh";
constexpr auto kRcLocal = "/etc/rc.local";
constexpr auto kDoneMark = "/run/console-done";

}  // namespace

Result<std::vector<std::vector<std::string>>> parse_commands(const std::string& text) {
  std::vector<std::vector<std::string>> commands;
  const auto lines = split(text, '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (trim(lines[i]).empty()) continue;
    const auto json = nlohmann::json::parse(lines[i], nullptr, false);
    const bool words = json.is_array() && !json.empty() &&
                       std::ranges::all_of(json, [](const auto& word) { return word.is_string(); });
    if (!words) return fail("line " + std::to_string(i + 1) + ": expected a JSON list of words");
    commands.push_back(json.get<std::vector<std::string>>());
  }
  return commands;
}

void UserCommands::begin() {
  const auto commands = parse_commands(files_.read(kRuncmd).value_or(""));
  if (!commands) log(LogLevel::kError, "runcmd: " + commands.error().message);
  if (commands)
    for (const auto& argv : *commands) left_.push_back({Step::Kind::kRuncmd, argv});
  left_.push_back({Step::Kind::kScript, {kStartScript}});
  left_.push_back({Step::Kind::kDoneMark, {kDoneMark}});
  left_.push_back({Step::Kind::kScript, {kRcLocal}});
  next();
}

void UserCommands::next() {
  while (!left_.empty()) {
    const Step step = std::move(left_.front());
    left_.pop_front();
    if (step.kind == Step::Kind::kDoneMark) {
      if (auto made = files_.write_atomic(kDoneMark, ""); !made)
        log(LogLevel::kWarning, made.error().message);
    } else if (step.kind == Step::Kind::kRuncmd || files_.exists(step.argv.front())) {
      return run(step);
    }
  }
}

void UserCommands::run(const Step& step) {
  // With the search path of a login shell, which a script of /etc/profile.d may spoil for itself
  // alone.
  constexpr auto kAsInALogin =
      "path=$(. /etc/profile >/dev/null 2>&1; echo \"$PATH\"); [ -z \"$path\" ] || PATH=$path; "
      "exec \"$@\"";
  sys::Command command{.argv = {"/bin/sh", "-c", kAsInALogin, "sh"},
                       .environment = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin", "HOME=/root",
                                       "USER=root", "SHELL=/bin/sh"},
                       .cgroup = {}};
  std::ranges::copy(step.argv, std::back_inserter(command.argv));
  const auto pid = children_.start(command, [this, step](sys::ExitStatus status) {
    ended(step, status.ok() ? "" : status.describe());
  });
  if (!pid) ended(step, pid.error().message);
}

void UserCommands::ended(const Step& step, const std::string& problem) {
  if (!problem.empty()) {
    const bool runcmd = step.kind == Step::Kind::kRuncmd;
    log(LogLevel::kError, (runcmd ? "runcmd '" : "'") + join(step.argv, " ") + "': " + problem);
    if (runcmd)
      std::erase_if(left_, [](const Step& other) { return other.kind == Step::Kind::kRuncmd; });
  }
  next();
}

}  // namespace ros::cli
