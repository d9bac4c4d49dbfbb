#include "config/dependencies.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/text.h"
#include "config/table.h"

namespace ros::config {
namespace {

std::string key_of(const ServiceDefinition& service) {
  return "rancher.services." + service.name;
}

// A cycle among `left`, in which every service waits for another one of it: the smallest name
// first, and once more at the end.
std::vector<std::string> cycle_in(const DependencyMap& dependencies,
                                  const std::set<std::string>& left) {
  std::vector<std::string> path;
  std::string name = *left.begin();
  auto first = path.end();
  while ((first = std::ranges::find(path, name)) == path.end()) {
    path.push_back(name);
    const auto& needs = dependencies.at(name);
    name = *std::ranges::find_if(needs, [&](const auto& needed) { return left.contains(needed); });
  }
  path.erase(path.begin(), first);
  std::ranges::rotate(path, std::ranges::min_element(path));
  path.push_back(path.front());
  return path;
}

std::set<std::string> not_in(const DependencyMap& dependencies,
                             const std::vector<std::string>& order) {
  std::set<std::string> left;
  for (const auto& [name, needs] : dependencies) left.insert(name);
  for (const auto& name : order) left.erase(name);
  return left;
}

void reject_cycle(const std::vector<std::string>& cycle, Config& config, Complaints& complaints) {
  const auto reason = "dependency cycle: " + join(cycle, " -> ");
  std::vector<const ServiceDefinition*> guilty;
  for (auto name = cycle.begin(); name + 1 != cycle.end(); ++name)
    if (const auto* const service = config.service(*name); !service->built_in)
      guilty.push_back(service);
  if (guilty.empty())
    for (auto name = cycle.begin(); name + 1 != cycle.end(); ++name)
      guilty.push_back(config.service(*name));
  std::ranges::sort(guilty, {}, &ServiceDefinition::name);
  for (const auto* const service : guilty) config.rejected[service->name] = reason;
  complaints.push_back({guilty.front()->position, key_of(*guilty.front()), reason});
}

// Whether `name` waits for `other`, also by way of others.
bool waits_for(const DependencyMap& dependencies, const std::string& name,
               const std::string& other) {
  std::set<std::string> seen;
  std::vector<std::string> next = {name};
  while (!next.empty()) {
    const auto here = std::move(next.back());
    next.pop_back();
    if (here == other) return true;
    if (!seen.insert(here).second) continue;
    const auto& needs = dependencies.at(here);
    next.insert(next.end(), needs.begin(), needs.end());
  }
  return false;
}

// The service `earlier` has `later` in its `before`.
struct Edge {
  const ServiceDefinition* earlier;
  std::string later;
};

DependencyMap collect(const std::vector<ServiceDefinition>& services, std::vector<Edge>& left_out) {
  DependencyMap result;
  for (const auto& service : services) result[service.name];
  for (const auto& service : services)
    for (const auto& needed : service.after)
      if (result.contains(needed)) result[service.name].push_back(needed);
  for (const auto& service : services)
    for (const auto& later : service.before) {
      if (!result.contains(later)) continue;
      if (waits_for(result, service.name, later)) {
        left_out.push_back({&service, later});
      } else {
        result[later].push_back(service.name);
      }
    }
  for (auto& [name, needs] : result) {
    std::ranges::sort(needs);
    needs.erase(std::ranges::unique(needs).begin(), needs.end());
  }
  return result;
}

}  // namespace

DependencyMap dependencies_of(const std::vector<ServiceDefinition>& services) {
  std::vector<Edge> left_out;
  return collect(services, left_out);
}

std::vector<std::string> start_order(const DependencyMap& dependencies) {
  std::map<std::string, std::size_t> waiting;
  std::map<std::string, std::vector<std::string>> dependants;
  std::set<std::string> free;
  for (const auto& [name, needs] : dependencies) {
    std::size_t count = 0;
    for (const auto& needed : needs) {
      if (!dependencies.contains(needed)) continue;
      dependants[needed].push_back(name);
      ++count;
    }
    waiting[name] = count;
    if (count == 0) free.insert(name);
  }
  std::vector<std::string> order;
  while (!free.empty()) {
    auto name = std::move(free.extract(free.begin()).value());
    for (const auto& dependant : dependants[name])
      if (--waiting[dependant] == 0) free.insert(dependant);
    order.push_back(std::move(name));
  }
  return order;
}

void check_dependencies(Config& config, Complaints& complaints) {
  std::vector<std::string_view> names;
  for (const auto& service : config.services) names.push_back(service.name);
  for (const auto& service : config.services) {
    for (const auto* const list : {&service.after, &service.before})
      for (const auto& name : *list)
        if (!std::ranges::binary_search(names, name))
          complaints.push_back({service.position, key_of(service),
                                fmt::format("unknown service '{}' is not waited for{}", name,
                                            suggest(name, names))});
  }
  std::vector<Edge> left_out;
  auto dependencies = collect(config.services, left_out);
  for (const auto& [earlier, later] : left_out)
    complaints.push_back(
        {earlier->position, key_of(*earlier),
         fmt::format("does not start before '{}', for which it waits itself", later)});
  for (;;) {
    for (const auto& [name, reason] : config.rejected) dependencies.erase(name);
    const auto left = not_in(dependencies, start_order(dependencies));
    if (left.empty()) return;
    reject_cycle(cycle_in(dependencies, left), config, complaints);
  }
}

}  // namespace ros::config
