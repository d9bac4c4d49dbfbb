#include "config/service_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/schedule.h"
#include "config/service_kinds.h"

namespace ros::config {
namespace {

constexpr std::size_t kLongestServiceName = 64;
constexpr std::string_view kLabelPrefix = "io.rancher.os.";

using Service = ServiceDefinition;

constexpr auto kLabelsWithEffect = std::to_array<Row<Service>>({
    row<ScheduleText, &Service::schedule>(
        "cron.schedule",
        "`[SECOND] MINUTE HOUR DAY MONTH WEEKDAY` or `@every 1h`: when the service is started "
        "again; "
        "with `io.rancher.os.createonly` it is not started at boot."),
    row<NameList, &Service::after>("io.rancher.os.after", "Starts when these services are ready."),
    row<NameList, &Service::before>("io.rancher.os.before",
                                    "These services start when this one is ready."),
    row<Flag, &Service::create_only>("io.rancher.os.createonly", "Created, never started."),
    row<Flag, &Service::detach>("io.rancher.os.detach",
                                "`false`: runs once, ready when it has exited with status 0."),
    row<Bytes, &Service::memory_min>("io.rancher.os.memory_min",
                                     "Memory that is never reclaimed from the service."),
    row<TruthLabel, &Service::labels>("io.rancher.os.net_sysctl",
                                      "`true`: may write the network's settings in /proc/sys/net, "
                                      "with the capability NET_ADMIN."),
    row<Ready, &Service::ready>("io.rancher.os.ready",
                                "When the service counts as ready: `started`, `socket:PATH` (the "
                                "socket answers), `notify` (sd_notify), `health`."),
    row<Duration, &Service::ready, &Readiness::limit>(
        "io.rancher.os.ready_limit", "A service that is not ready by then has failed."),
    row<Scope, &Service::labels>("io.rancher.os.scope", "`system`."),
    row<Text, &Service::shim_group>("io.rancher.os.shim",
                                    "Services with the same text share one shim process."),
    row<Text, &Service::tty_device>("io.rancher.os.tty",
                                    "Host terminal for input and output, with `tty`."),
});
constexpr auto kLabels = with_no_effect(kLabelsWithEffect, kLabelsWithoutEffect);

// One label, as text; the labels as such are kept by read_labels.
bool read_label(const std::string& name, Node& value, Service& service, const Reading& at) {
  const std::span<const Row<Service>> table(kLabels);
  if (const auto* const entry = find_row(table, name)) return read_row(*entry, value, service, at);
  if (!name.starts_with(kLabelPrefix)) return true;
  std::vector<std::string_view> names;
  for (const auto& entry : table) names.push_back(entry.path);
  return at.complain(value, "unknown label" + suggest(name, names));
}

bool read_labels(Node& node, Service& service, const Reading& at) {
  if (node.is_map()) {
    keep_children(node, [&](Node& value, std::size_t) {
      return read_label(value.key, value, service, at.child(value.key));
    });
  } else if (node.is_list()) {
    keep_children(node, [&](Node& item, std::size_t) {
      if (!item.is_scalar()) return true;  // complained about below
      const auto end = item.text.find('=');
      const auto name = item.text.substr(0, end);
      Node value = Node::scalar(end == std::string::npos ? "" : item.text.substr(end + 1), true);
      value.position = item.position;
      return read_label(name, value, service, at.child(name));
    });
  }
  return Assignments::read(node, service.labels, at);
}

constexpr auto kComposeWithEffect = std::to_array<Row<Service>>({
    row<TextList, &Service::cap_add>("cap_add", "Capabilities to add, `ALL` for every one."),
    row<TextList, &Service::cap_drop>("cap_drop", "Capabilities to take away."),
    row<HostOnly, &Service::host_cgroup>("cgroup", "`host`: the host's cgroup namespace."),
    row<Command, &Service::command>("command", "Arguments; empty: the image's."),
    row<Number<0, 262'144>, &Service::cpu_shares>("cpu_shares",
                                                  "CPU weight, 1024 is normal; 0: not set."),
    row<Links, &Service::after>("depends_on", "Starts when these services are ready."),
    row<TextList, &Service::device_rules>(
        "device_cgroup_rules",
        "`TYPE MAJOR:MINOR rwm`, `*` for any number: devices that may be used."),
    row<TextList, &Service::devices>("devices", "`HOST[:CONTAINER[:rwm]]`"),
    row<Command, &Service::entrypoint>("entrypoint", "Program to run; empty: the image's."),
    row<Environment, &Service::environment>(
        "environment", "A bare name, or a pattern with `*`, is taken from `rancher.environment`."),
    row<Health, &Service::healthcheck>("healthcheck", "`test`, `interval`, `timeout`, `retries`."),
    row<Text, &Service::hostname>("hostname", "Host name in the container."),
    row<Text, &Service::image>("image", "Built-in image, or a reference to pull."),
    row<HostOnly, &Service::host_ipc>("ipc", "`host`: the host's IPC namespace."),
    row<Service>("labels", Assignments::kName, "See the labels below; others are kept.",
                 read_labels),
    row<Links, &Service::after>("links", "`SERVICE[:ALIAS]`: starts when these are ready."),
    row<Bytes, &Service::memory_limit>("mem_limit", "Most memory the service gets; 0: no limit."),
    row<HostOrNone, &Service::host_network>("net", "`host` or `none`."),
    row<Number<-1000, 1000>, &Service::oom_score_adj>("oom_score_adj",
                                                      "Who is killed first when memory ends."),
    row<HostOnly, &Service::host_pid>("pid", "`host`: the host's process numbers."),
    row<Number<-1, 4'194'304>, &Service::pids_limit>(
        "pids_limit",
        "Most processes and threads; -1: no limit; 0: 4096, or no limit if privileged."),
    row<Flag, &Service::privileged>("privileged", "Every capability and device."),
    row<Flag, &Service::read_only>("read_only", "The root file system can't be written."),
    row<Restart, &Service::restart>("restart",
                                    "`no`, `always`, `unless-stopped`, `on-failure[:TRIES]`"),
    row<SecurityOptions, &Service::security>(
        "security_opt",
        "`no-new-privileges:false`: set-user-id programs work; `seccomp=unconfined`: every system "
        "call is allowed."),
    row<Duration, &Service::stop_grace>("stop_grace_period", "Time to stop before it is killed."),
    row<Text, &Service::stop_signal>("stop_signal", "Signal that asks the service to stop."),
    row<TextList, &Service::tmpfs>("tmpfs", "Paths in the container that are kept in RAM."),
    row<Flag, &Service::tty>("tty", "Runs on a terminal."),
    row<Ulimits, &Service::nofile>("ulimits", "`nofile`: most open files; 0: the runtime's."),
    row<Text, &Service::user>("user", "`UID[:GID]`, or a name known in the image."),
    row<HostOnly, &Service::host_uts>("uts", "`host`: the host's name."),
    row<Volumes, &Service::volumes>(
        "volumes", "`HOST:CONTAINER[:OPTIONS]`: `ro`, `rw`, `rshared`, `rslave`, `rprivate`."),
    row<Text, &Service::working_dir>("working_dir", "Directory the program starts in."),
});
constexpr auto kCompose = with_no_effect(kComposeWithEffect, kServiceKeysWithoutEffect);

// Names become part of paths, container ids and cgroups.
bool is_service_name(std::string_view name) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && name.size() <= kLongestServiceName && is_word(name[0]) &&
         std::ranges::all_of(name, [&](char c) { return is_word(c) || c == '-' || c == '_'; });
}

}  // namespace

std::span<const Row<ServiceDefinition>> compose_table() {
  return kCompose;
}
std::span<const Row<ServiceDefinition>> label_table() {
  return kLabels;
}

bool Services::read(Node& node, std::vector<ServiceDefinition>& out, const Reading& at) {
  if (!node.is_map()) return at.expected(node, kName);
  out.clear();
  keep_children(node, [&](Node& entry, std::size_t) {
    const auto here = at.child(entry.key);
    if (!is_service_name(entry.key)) {
      at.complaints.push_back({entry.key_position, here.path,
                               fmt::format("a service name is at most {} letters, digits, '-', '_'",
                                           kLongestServiceName)});
      return false;
    }
    ServiceDefinition service;
    service.name = entry.key;
    service.position = entry.key_position;
    if (entry.is_null() || !read_table(entry, compose_table(), service, here)) return false;
    service.only_scheduled = service.create_only && !service.schedule.empty();
    if (service.only_scheduled) service.create_only = false;
    out.push_back(std::move(service));
    return true;
  });
  std::ranges::sort(out, {}, &ServiceDefinition::name);
  return true;
}

}  // namespace ros::config
