#include "config/service.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace ros::config {
namespace {

using nlohmann::json;

json volumes_json(const std::vector<Volume>& volumes) {
  json list = json::array();
  for (const auto& volume : volumes)
    list.push_back({volume.source, volume.target, volume.read_only, volume.propagation});
  return list;
}

json limits_json(const ServiceDefinition& service) {
  return {{"memory_limit", service.memory_limit},   {"memory_min", service.memory_min},
          {"cpu_shares", service.cpu_shares},       {"pids_limit", service.pids_limit},
          {"oom_score_adj", service.oom_score_adj}, {"nofile", service.nofile}};
}

json isolation_json(const ServiceDefinition& service) {
  return {{"host_network", service.host_network},
          {"host_pid", service.host_pid},
          {"host_ipc", service.host_ipc},
          {"host_uts", service.host_uts},
          {"host_cgroup", service.host_cgroup},
          {"privileged", service.privileged},
          {"read_only", service.read_only},
          {"tty", service.tty},
          {"tty_device", service.tty_device},
          {"cap_add", service.cap_add},
          {"cap_drop", service.cap_drop},
          {"devices", service.devices},
          {"device_rules", service.device_rules},
          {"tmpfs", service.tmpfs},
          {"security", {service.security.seccomp, service.security.new_privileges}}};
}

json lifecycle_json(const ServiceDefinition& service) {
  const auto& check = service.healthcheck;
  const auto& ready = service.ready;
  return {
      {"restart", {static_cast<int>(service.restart.kind), service.restart.tries}},
      {"ready", {static_cast<int>(ready.kind), ready.socket, ready.limit.count()}},
      {"healthcheck", {check.test, check.interval.count(), check.timeout.count(), check.retries}},
      {"after", service.after},
      {"before", service.before},
      {"detach", service.detach},
      {"create_only", service.create_only},
      {"schedule", service.schedule},
      {"only_scheduled", service.only_scheduled},
      {"stop_grace", service.stop_grace.count()},
      {"stop_signal", service.stop_signal},
      {"shim_group", service.shim_group}};
}

}  // namespace

std::string ServiceDefinition::definition_hash() const {
  const json canonical = {{"name", name},
                          {"image", image},
                          {"entrypoint", entrypoint},
                          {"command", command},
                          {"environment", environment},
                          {"labels", labels},
                          {"volumes", volumes_json(volumes)},
                          {"working_dir", working_dir},
                          {"user", user},
                          {"hostname", hostname},
                          {"isolation", isolation_json(*this)},
                          {"limits", limits_json(*this)},
                          {"lifecycle", lifecycle_json(*this)}};
  return fingerprint(canonical.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace ros::config
