// The subcommands that ask the manager. Each returns the exit status of the program.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ros::cli {

enum class ServiceVerb { kStart, kUp, kStop, kRestart };

// "enabled  NAME" lines (RancherOS), with state and reason behind the name.
int service_list(bool json);
// Columns Name, Command, State, Ports; with `quiet` container ids.
int service_ps(const std::vector<std::string>& names, bool quiet, bool json);
int service_logs(const std::vector<std::string>& names, std::int64_t lines, bool follow);
// System log and output of all services, by time.
int all_logs(std::int64_t lines, bool follow);
int service_change(ServiceVerb verb, const std::vector<std::string>& names,
                   std::optional<std::int64_t> timeout_s);
int show_plan(bool json);
int show_boot(bool json);
int draw_boot();  // as SVG
// Exit status 1 when something is wrong with it.
int show_state();
int config_get(const std::string& key);
// What this boot has read, or a file.
int config_validate(const std::optional<std::string>& file);
int config_set(const std::string& key, const std::string& value);
// From a file, or standard input.
int config_merge(const std::optional<std::string>& file);
struct ExportOptions {
  std::string output;  // file, mode 0400; "" = standard output
  bool full = false;
  bool with_private = false;
};
int config_export(const ExportOptions& options);
// services_include.NAME for files of services: absolute paths below /var/lib/rancher/conf.
int service_include(const std::vector<std::string>& names, bool enabled);
// `force`: PID 1 at once, without stopping the services in order.
int power(const std::string& action, bool force);

}  // namespace ros::cli
