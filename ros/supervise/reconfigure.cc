// Another configuration while services run.
#include "supervise/supervisor.h"

namespace ros::supervise {
namespace {

constexpr char kNew[] = "new in the configuration: starts on request or at the next boot";

}  // namespace

void Supervisor::define(config::ServiceDefinition definition) {
  Record& record = records_[definition.name];
  record.name = definition.name;
  record.hash = definition.definition_hash();
  record.definition = std::move(definition);
  const auto cycle = order_.on_a_cycle.find(record.name);
  record.refused = cycle != order_.on_a_cycle.end() ? cycle->second : "";
}

void Supervisor::reconfigure(Millis now, std::vector<config::ServiceDefinition> services,
                             std::vector<Rejected> rejected) {
  now_ = now;
  std::set<std::string> refused;
  for (const auto& each : rejected) refused.insert(each.service);
  order_ = make_order(services, refused);
  std::set<std::string> known = refused;
  for (auto& definition : services) {
    const std::string name = definition.name;
    known.insert(name);
    const bool is_new = !records_.contains(name);
    define(std::move(definition));
    Record& record = records_.at(name);
    if (is_new) record.reason = kNew;
    const bool outdated = record.has_container && record.running_hash != record.hash;
    if (outdated == record.outdated) continue;
    record.outdated = outdated;
    if (record.runs()) record.reason = outdated ? kOutdated : "";
    report(record);
  }
  for (auto& each : rejected) {
    Record& record = records_[each.service];
    record.name = record.definition.name = each.service;
    record.refused = std::move(each.reason);
  }
  forget_others(known);
  for (const auto& [name, record] : records_) dirty_.push_back(name);
  run();
}

void Supervisor::forget_others(const std::set<std::string>& known) {
  for (auto each = records_.begin(); each != records_.end();) {
    Record& record = each->second;
    const bool there = !record.at_rest() || record.has_container || !record.leftovers.empty();
    if (!known.contains(each->first) && !there) {
      unexecuted_.erase(each->first);
      each = records_.erase(each);
      continue;
    }
    if (!known.contains(each->first)) {
      record.refused = kUnknown;
      if (record.runs()) record.reason = kUnknown;
      order_.edges[each->first];
    }
    ++each;
  }
}

}  // namespace ros::supervise
