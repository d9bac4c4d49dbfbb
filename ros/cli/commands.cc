#include "cli/commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.h"
#include "cli/boot_svg.h"
#include "config/scalar.h"
#include "config/schema.h"
#include "control/client.h"
#include "control/pid1_client.h"
#include "control/protocol.h"
#include "sys/files.h"

namespace ros::cli {
namespace {

constexpr int kRefused = 1;
constexpr int kUnreachable = 3;
constexpr std::chrono::milliseconds kPatience{600'000};      // a service may stop slowly
constexpr std::chrono::milliseconds kPowerPatience{10'000};  // answered before anything is stopped

int complain(const Error& error, int status) {
  fmt::print(stderr, "ros: {}\n", error.message);
  return status;
}

// A file that is sent: other bytes would be replaced on the way.
Result<std::string> read_text(const std::string& path, const std::string& name) {
  auto text = sys::Files().read(path);
  if (text && !config::is_utf8(*text)) return fail(name + ": not UTF-8 text");
  return text;
}

// Connects, asks, and hands the reply to `show`, which gives the exit status.
template <class Operation, class Show>
int ask(const Operation& operation, Show show) {
  auto client = control::Client::connect(control::kSocketPath, kPatience);
  if (!client) return complain(client.error(), kUnreachable);
  const auto reply = client->call(operation);
  return reply ? show(*reply) : complain(reply.error(), kRefused);
}

// The exit status; nothing when there is no manager, or one that hangs.
std::optional<int> power_by_manager(const std::string& action) {
  auto client = control::Client::connect(control::kPowerSocketPath, kPowerPatience);
  if (!client) return std::nullopt;
  const auto reply = client->call(control::Power{action});
  if (reply) return 0;
  const int code = reply.error().code;
  if (code == ETIMEDOUT || code == ECONNRESET) return std::nullopt;
  return complain(reply.error(), kRefused);
}

nlohmann::json to_json(const control::ServiceRow& row) {
  return {{"name", row.name},
          {"state", row.state},
          {"reason", row.reason},
          {"image", row.image},
          {"command", row.command},
          {"id", row.id},
          {"pid", row.pid},
          {"restarts", row.restarts},
          {"start_ms", row.start_ms},
          {"ready_ms", row.ready_ms},
          {"up", row.up},
          {"ready", row.ready},
          {"failed", row.failed},
          {"outdated", row.outdated}};
}

int print_json(const control::ServiceRows& rows) {
  auto list = nlohmann::json::array();
  for (const auto& row : rows.services) list.push_back(to_json(row));
  fmt::print("{}\n", list.dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
  return 0;
}

// "running", "failed: exited with status 1", "running (starting: ...)"
std::string state_text(const control::ServiceRow& row) {
  std::string text = row.failed ? "failed" : row.state;
  if (!row.reason.empty()) text += ": " + row.reason;
  if (row.outdated) text += " (definition changed, restart to apply)";
  return text;
}

int any_failed(const control::ServiceRows& rows) {
  return std::ranges::any_of(rows.services, &control::ServiceRow::failed) ? kRefused : 0;
}

void print_table(const std::vector<std::vector<std::string>>& table) {
  std::vector<std::size_t> widths;
  for (const auto& row : table) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  for (const auto& row : table) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) line += fmt::format("{:<{}}  ", row[i], widths[i]);
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  }
}

}  // namespace

int service_list(bool json) {
  return ask(control::ServiceList{}, [json](const control::ServiceRows& rows) {
    if (json) return print_json(rows);
    std::vector<std::vector<std::string>> table;
    for (const auto& row : rows.services) table.push_back({"enabled", row.name, state_text(row)});
    print_table(table);
    return 0;
  });
}

int service_ps(const std::vector<std::string>& names, bool quiet, bool json) {
  return ask(control::ServicePs{names}, [quiet, json](const control::ServiceRows& rows) {
    if (json) return print_json(rows);
    std::vector<std::vector<std::string>> table;
    if (!quiet) table.push_back({"Name", "Command", "State", "Ports"});
    for (const auto& row : rows.services) {
      if (quiet && row.id.empty()) continue;
      if (quiet) {
        table.push_back({row.id});
      } else {
        table.push_back({row.name, row.command, state_text(row), ""});
      }
    }
    print_table(table);
    return 0;
  });
}

namespace {

// Prints the lines of a log request as they come, each with `prefix` in front.
int print_logs(const control::ServiceLogs& request, const std::string& prefix) {
  auto client = control::Client::connect(control::kSocketPath, kPatience);
  if (!client) return complain(client.error(), kUnreachable);
  const auto ended = client->call_parts(request, std::function([&](control::LogLines& part) {
                                          for (const auto& line : part.lines) {
                                            fmt::print("{}{}\n", prefix, line);
                                          }
                                          return std::fflush(stdout) == 0;
                                        }));
  return ended ? 0 : complain(ended.error(), kRefused);
}

}  // namespace

int service_logs(const std::vector<std::string>& names, std::int64_t lines, bool follow) {
  for (const auto& name : names) {
    const int status = print_logs({.name = name, .lines = lines, .follow = follow}, name + "_1 | ");
    if (status != 0) return status;
  }
  return 0;
}

int all_logs(std::int64_t lines, bool follow) {
  return print_logs({.name = "", .lines = lines, .follow = follow}, "");
}

int service_change(ServiceVerb verb, const std::vector<std::string>& names,
                   std::optional<std::int64_t> timeout_s) {
  const auto show = [](const control::ServiceRows& rows) {
    for (const auto& row : rows.services) fmt::print("{}: {}\n", row.name, state_text(row));
    return any_failed(rows);
  };
  switch (verb) {
    case ServiceVerb::kStart:
      return ask(control::ServiceStart{names, timeout_s}, show);
    case ServiceVerb::kUp:
      return ask(control::ServiceUp{names, timeout_s}, show);
    case ServiceVerb::kStop:
      return ask(control::ServiceStop{names, timeout_s}, show);
    case ServiceVerb::kRestart:
      break;
  }
  return ask(control::ServiceRestart{names, timeout_s}, show);
}

int show_plan(bool json) {
  return ask(control::PlanGet{json}, [](const control::Text& text) {
    fmt::print("{}", text.text);
    return 0;
  });
}

int show_boot(bool json) {
  return ask(control::BootReport{json}, [](const control::Text& text) {
    fmt::print("{}{}", text.text, text.text.ends_with('\n') ? "" : "\n");
    return 0;
  });
}

int draw_boot() {
  return ask(control::BootReport{true}, [](const control::Text& text) {
    const auto svg = boot_svg(text.text);
    if (!svg) return complain(svg.error(), kRefused);
    fmt::print("{}", *svg);
    return 0;
  });
}

int show_state() {
  return ask(control::StateGet{}, [](const control::StateInfo& info) {
    fmt::print("{}\n", info.summary);
    for (const auto& problem : info.problems) fmt::print("problem: {}\n", problem);
    return info.problems.empty() ? 0 : kRefused;
  });
}

int config_get(const std::string& key) {
  return ask(control::ConfigGet{key}, [](const control::Text& text) {
    fmt::print("{}", text.text);
    return 0;
  });
}

int config_validate(const std::optional<std::string>& file) {
  control::ConfigValidate request;
  if (file) {
    auto text = read_text(*file, *file);
    if (!text) return complain(text.error(), kRefused);
    request.text = std::move(*text);
    request.file = *file;
  }
  return ask(request, [](const control::ComplaintRows& rows) {
    for (const auto& row : rows.complaints) {
      const config::Complaint complaint{
          {row.file, static_cast<int>(row.line), static_cast<int>(row.column)},
          row.key,
          row.message};
      fmt::print(stderr, "{}\n", complaint.describe());
    }
    return rows.complaints.empty() ? 0 : kRefused;
  });
}

int config_set(const std::string& key, const std::string& value) {
  if (!config::is_utf8(key + value)) return complain({0, key + ": not UTF-8 text"}, kRefused);
  return ask(control::ConfigSet{key, value}, [](const control::Done&) { return 0; });
}

int config_merge(const std::optional<std::string>& file) {
  const auto name = file.value_or("standard input");
  auto text = read_text(file.value_or("/proc/self/fd/0"), name);
  if (!text) return complain(text.error(), kRefused);
  return ask(control::ConfigMerge{std::move(*text), name}, [](const control::Done&) { return 0; });
}

int config_export(const ExportOptions& options) {
  return ask(control::ConfigExport{options.full, options.with_private},
             [&options](const control::Text& text) {
               if (options.output.empty()) {
                 fmt::print("{}", text.text);
                 return 0;
               }
               constexpr mode_t kOwnerReads = 0400;
               const auto path = std::filesystem::absolute(options.output).string();
               const auto written = sys::Files().write_atomic(path, text.text, kOwnerReads);
               return written ? 0 : complain(written.error(), kRefused);
             });
}

int service_include(const std::vector<std::string>& names, bool enabled) {
  for (const auto& name : names) {
    const bool there = name.starts_with(config::kServiceFiles) && sys::Files().exists(name);
    if (enabled && !there) {
      return complain({ENOENT, "'" + name + "' is not a valid service: expected a file below " +
                                   std::string(config::kServiceFiles)},
                      kRefused);
    }
    const int status = config_set("rancher.services_include." + name, enabled ? "true" : "false");
    if (status != 0) return status;
  }
  return 0;
}

int power(const std::string& action, bool force) {
  if (!force) {
    if (const auto status = power_by_manager(action)) return *status;
    fmt::print(stderr, "ros: the manager does not answer, asking process 1\n");
  }
  using control::pid1::PowerAction;
  for (const auto known : {PowerAction::kPoweroff, PowerAction::kReboot, PowerAction::kHalt}) {
    if (control::pid1::name(known) != action) continue;
    const auto reply = control::pid1::call(control::pid1::power_request(known, 0));
    return reply ? 0 : complain(reply.error(), kUnreachable);
  }
  return complain({0, "'" + action + "' is not poweroff, reboot or halt"}, 2);
}

}  // namespace ros::cli
