#include "cli/cli.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>

#include "cli/commands.h"
#include "cli/offline.h"
#include "cli/overview.h"

namespace ros::cli {
namespace {

// What the chosen subcommand does; set by its callback, run after parsing.
using Run = std::function<int()>;

struct ServiceOptions {
  std::vector<std::string> names;
  bool all = false;
  bool quiet = false;
  bool json = false;
  bool follow = false;
  std::int64_t lines = 100;
  std::optional<std::int64_t> timeout;
};

void add_service_verb(CLI::App& service, const std::string& name, const std::string& help,
                      ServiceVerb verb, ServiceOptions& options, Run& run) {
  auto* const command = service.add_subcommand(name, help);
  command->add_option("name", options.names, "Services")->required();
  command->add_option("-t,--timeout", options.timeout, "Seconds a service has to stop");
  command->callback([&options, &run, verb] {
    run = [&options, verb] { return service_change(verb, options.names, options.timeout); };
  });
}

void add_service_include(CLI::App& service, const std::string& name, const std::string& help,
                         bool enabled, ServiceOptions& options, Run& run) {
  auto* const command = service.add_subcommand(name, help);
  command->add_option("name", options.names, "Files of services")->required();
  command->callback([&options, &run, enabled] {
    run = [&options, enabled] { return service_include(options.names, enabled); };
  });
}

void add_service(CLI::App& app, ServiceOptions& options, Run& run) {
  auto* const service = app.add_subcommand("service", "The services of the system")->alias("s");
  service->require_subcommand(1);
  auto* const list = service->add_subcommand("list", "Services and whether they are enabled");
  list->add_flag("--json", options.json, "For programs");
  list->add_flag("-a,--all", options.all, "Accepted: built-in services are always listed");
  list->callback([&] { run = [&] { return service_list(options.json); }; });

  auto* const ps = service->add_subcommand("ps", "State of the services");
  ps->add_option("name", options.names, "Services; all when none is named");
  ps->add_flag("-q,--quiet", options.quiet, "Only container ids");
  ps->add_flag("--json", options.json, "For programs");
  ps->callback(
      [&] { run = [&] { return service_ps(options.names, options.quiet, options.json); }; });

  auto* const logs = service->add_subcommand("logs", "Output of services");
  logs->add_option("name", options.names, "Services")->required();
  logs->add_option("--lines", options.lines, "Last lines shown")->check(CLI::Range(0, 100000));
  logs->add_flag("-f,--follow", options.follow, "Go on with new lines");
  logs->callback(
      [&] { run = [&] { return service_logs(options.names, options.lines, options.follow); }; });

  auto* const all = app.add_subcommand("logs", "System log and output of all services");
  all->add_option("-n,--lines", options.lines, "Last lines shown")->check(CLI::Range(0, 100000));
  all->add_flag("-f,--follow", options.follow, "Go on with new lines");
  all->callback([&] { run = [&] { return all_logs(options.lines, options.follow); }; });

  add_service_verb(*service, "start", "Start services", ServiceVerb::kStart, options, run);
  add_service_verb(*service, "up", "Start services, anew when their definition has changed",
                   ServiceVerb::kUp, options, run);
  add_service_verb(*service, "stop", "Stop services", ServiceVerb::kStop, options, run);
  add_service_verb(*service, "restart", "Restart services", ServiceVerb::kRestart, options, run);
  add_service_include(*service, "enable", "Services of a file are part of the system", true,
                      options, run);
  add_service_include(*service, "disable", "They are no longer", false, options, run);
}

struct ConfigOptions {
  std::string key;
  std::string value;
  ExportOptions out;
  std::string input;
  bool json = false;
  bool svg = false;
  OfflineInput offline;
};

void add_config_changes(CLI::App& config, ConfigOptions& options, Run& run) {
  auto* const set = config.add_subcommand("set", "Change a key of the user's cloud-config");
  set->add_option("key", options.key, "Dotted key")->required();
  set->add_option("value", options.value, "YAML: true, 10, [a, b]")->required();
  set->callback([&] { run = [&] { return config_set(options.key, options.value); }; });

  auto* const merge = config.add_subcommand("merge", "Merge a cloud-config into the user's");
  merge->add_option("-i,--input", options.input, "File instead of standard input");
  merge->callback([&] {
    run = [&] {
      return config_merge(options.input.empty() ? std::nullopt : std::optional(options.input));
    };
  });

  auto* const out = config.add_subcommand("export", "The configuration as YAML");
  out->add_option("-o,--output", options.out.output, "File instead of standard output");
  out->add_flag("-f,--full", options.out.full, "With what is built in");
  out->add_flag("-p,--private", options.out.with_private, "With keys and certificates");
  out->callback([&] { run = [&] { return config_export(options.out); }; });
}

void add_config(CLI::App& app, ConfigOptions& options, Run& run) {
  auto* const config = app.add_subcommand("config", "The configuration")->alias("c");
  config->require_subcommand(1);
  auto* const get = config->add_subcommand("get", "Value of a key, as it is in effect");
  get->add_option("key", options.key, "Dotted key, such as rancher.docker");
  get->callback([&] { run = [&] { return config_get(options.key); }; });

  auto* const validate = config->add_subcommand("validate", "What is wrong with it");
  validate->add_option("-i,--input", options.input, "A cloud-config instead of this boot's");
  validate->add_option("--offline", options.offline.files,
                       "Built-in file and cloud-configs, without a running system");
  validate->callback([&] {
    run = [&] {
      if (!options.offline.files.empty()) return validate_files(options.offline);
      return config_validate(options.input.empty() ? std::nullopt : std::optional(options.input));
    };
  });
  add_config_changes(*config, options, run);
}

void add_plan(CLI::App& app, ConfigOptions& options, Run& run) {
  auto* const plan = app.add_subcommand("plan", "What a boot does, step by step");
  plan->add_option("--config", options.offline.files,
                   "From these files, the built-in one first, instead of this boot's");
  plan->add_option("--cmdline", options.offline.command_line, "Kernel command line, with --config");
  plan->add_flag("--json", options.json, "For programs");
  plan->callback([&] {
    run = [&] {
      return options.offline.files.empty() ? show_plan(options.json)
                                           : plan_from_files(options.offline, options.json);
    };
  });
  auto* const boot = app.add_subcommand("boot", "How long this boot took, step by step");
  auto* const as_json = boot->add_flag("--json", options.json, "For programs");
  boot->add_flag("--svg", options.svg, "As a picture")->excludes(as_json);
  boot->callback(
      [&] { run = [&] { return options.svg ? draw_boot() : show_boot(options.json); }; });
  app.add_subcommand("state", "Where data is kept, and what is wrong with it")->callback([&] {
    run = [] { return show_state(); };
  });
}

void add_version(CLI::App& app, bool& sbom, Run& run) {
  auto* const version = app.add_subcommand("version", "The version, and what is in it");
  version->add_flag("--sbom", sbom, "All packages with version, source and licence, as SPDX");
  version->callback([&] { run = [&] { return show_version(sbom); }; });
}

int parse_and_run(CLI::App& app, int argc, char** argv, const Run& run) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  return run();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Roster OS " ROS_VERSION, "ros");
  app.require_subcommand(0, 1);
  app.set_version_flag("-v,--version", "version " ROS_VERSION " from os image roster:" ROS_VERSION);
  Run run = show_overview;
  ServiceOptions service;
  ConfigOptions config;
  bool sbom = false;
  add_service(app, service, run);
  add_config(app, config, run);
  add_plan(app, config, run);
  add_version(app, sbom, run);
  return parse_and_run(app, argc, argv, run);
}

int power_main(int argc, char** argv) {
  std::string name = argc > 0 ? argv[0] : "poweroff";
  name.erase(0, name.find_last_of('/') + 1);
  CLI::App app("Ends the machine's work in order", name);
  app.set_help_flag("--help", "This text");  // -h is shutdown's word for power off
  bool force = false, halt = false, off = false, again = false;
  std::vector<std::string> when;
  app.add_flag("-f,--force", force, "At once, without stopping the services in order");
  app.add_flag("-H,--halt", halt, "Halt");
  app.add_flag("-P,--poweroff", off, "Power off");
  app.add_flag("-r,--reboot", again, "Reboot");
  app.add_flag("-h", off, "Power off");
  app.add_option("when", when, "Only 'now'");
  const Run run = [&] {
    if (!when.empty() && when.front() != "now" && when.front() != "+0") {
      fmt::print(stderr, "{}: only 'now' is possible, not '{}'\n", name, when.front());
      return 2;
    }
    std::string action = name == "shutdown" ? "poweroff" : name;
    if (again) action = "reboot";
    if (off) action = "poweroff";
    if (halt) action = "halt";
    return power(action, force);
  };
  return parse_and_run(app, argc, argv, run);
}

}  // namespace ros::cli
