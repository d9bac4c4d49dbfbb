#include "supervise/order.h"

#include "base/text.h"
#include "config/dependencies.h"

namespace ros::supervise {
namespace {

using Graph = std::map<std::string, std::set<std::string>>;

// A shortest way from `from` to `to` over the edges of `graph`, both ends included; empty if none.
[[nodiscard]] std::vector<std::string> find_way(const Graph& graph, const std::string& from,
                                                const std::string& to) {
  std::map<std::string, std::string> reached_from;
  std::vector<std::string> queue{from};
  for (std::size_t next = 0; next < queue.size() && !reached_from.contains(to); ++next) {
    const std::string here = queue[next];
    const auto edges = graph.find(here);
    if (edges == graph.end()) continue;
    for (const auto& neighbour : edges->second) {
      if (reached_from.emplace(neighbour, here).second) queue.push_back(neighbour);
    }
  }
  if (!reached_from.contains(to)) return {};
  std::vector<std::string> way{to};
  do {
    way.insert(way.begin(), reached_from[way.front()]);
  } while (way.front() != from);
  return way;
}

// Every hard edge between known names.
[[nodiscard]] Graph hard_edges(const std::vector<config::ServiceDefinition>& services,
                               const std::set<std::string>& known) {
  Graph graph;
  for (const auto& service : services) {
    for (const auto& other : service.after) {
      if (known.contains(other)) graph[service.name].insert(other);
    }
  }
  return graph;
}

// The services with a place in the order; of the others there are only the names.
[[nodiscard]] std::vector<config::ServiceDefinition> orderly(
    const std::vector<config::ServiceDefinition>& services, const std::set<std::string>& rejected,
    const Order& order) {
  std::vector<config::ServiceDefinition> list(services.size() + rejected.size());
  auto place = list.begin();
  for (const auto& service : services) {
    if (order.on_a_cycle.contains(service.name)) {
      place++->name = service.name;
    } else {
      *place++ = service;
    }
  }
  for (const auto& name : rejected) place++->name = name;
  return list;
}

}  // namespace

Order make_order(const std::vector<config::ServiceDefinition>& services,
                 const std::set<std::string>& rejected) {
  std::set<std::string> known = rejected;
  for (const auto& service : services) known.insert(service.name);
  Graph graph = hard_edges(services, known);

  Order order;
  for (const auto& name : known) {
    order.edges[name];
    const auto cycle = find_way(graph, name, name);
    if (!cycle.empty()) order.on_a_cycle[name] = "dependency cycle: " + join(cycle, " -> ");
  }
  for (const auto& [name, others] : config::dependencies_of(orderly(services, rejected, order))) {
    if (order.on_a_cycle.contains(name)) continue;
    auto& edges = order.edges[name];
    for (const auto& other : others) {
      (graph[name].contains(other) ? edges.needs : edges.follows).insert(other);
      order.edges[other].dependants.insert(name);
    }
  }
  return order;
}

}  // namespace ros::supervise
