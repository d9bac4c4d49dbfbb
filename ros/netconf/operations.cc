#include "netconf/operations.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ip.h"

namespace ros::netconf {
namespace {

constexpr unsigned kGatewayMetric = 100;

struct Describe {
  std::string operator()(const SetMtu& o) const { return fmt::format("set mtu {}", o.mtu); }
  std::string operator()(const BringUp&) const { return "bring up"; }
  std::string operator()(const AddAddress& o) const { return "add address " + o.address; }
  std::string operator()(const RemoveAddress& o) const { return "remove address " + o.address; }
  std::string operator()(const AddRoute& o) const {
    return fmt::format("add default route by {}{}", o.route.gateway,
                       o.route.on_link ? ", on the link" : "");
  }
  std::string operator()(const RemoveRoute& o) const {
    return "remove default route by " + o.route.gateway;
  }
};

template <class List, class Value>
bool holds(const List& list, const Value& value) {
  return std::ranges::find(list, value) != list.end();
}

// The operations of one interface.
class Planner {
 public:
  Planner(const Wanted& wanted, const Actual& actual, std::vector<Operation>& out)
      : wanted_(wanted), actual_(actual), out_(out) {}

  void link() {
    if (wanted_.mtu != 0 && wanted_.mtu != wanted_.link.mtu) add(SetMtu{wanted_.mtu});
    if (!wanted_.link.up) add(BringUp{});
  }

  void remove_routes(bool fresh) {
    const auto keep = routes();
    const auto metric = gateway_metric(wanted_.link.index);
    for (const auto& route : actual_.routes) {
      if (route.link != wanted_.link.index) continue;
      const bool ours = route.protocol == sys::kRouteStatic && route.metric == metric;
      const bool stale = fresh && !wanted_.automatic() && route.protocol == sys::kRouteDhcp;
      const bool kept = std::ranges::any_of(
          keep, [&](const auto& other) { return other.gateway == route.gateway; });
      if (stale || (ours && !kept)) add(RemoveRoute{route});
    }
  }

  void remove_addresses(const std::set<sys::LinkAddress>& ours, bool fresh) {
    for (const auto& present : actual_.addresses) {
      if (present.link != wanted_.link.index || holds(wanted_.addresses, present.address)) continue;
      const bool four = ip_version(present.address) == IpVersion::k4;
      const bool given = !four && (!present.permanent || is_link_local(present.address));
      const bool unasked = fresh && !wanted_.automatic() && !given;
      if (unasked || ours.contains(present)) add(RemoveAddress{present.address});
    }
  }

  void add_addresses() {
    for (const auto& address : wanted_.addresses)
      if (!holds(actual_.addresses, sys::LinkAddress{wanted_.link.index, address}))
        add(AddAddress{address});
  }

  void add_routes() {
    for (const auto& route : routes()) {
      const bool there = std::ranges::any_of(actual_.routes, [&](const auto& other) {
        return other.link == route.link && other.gateway == route.gateway &&
               other.metric == route.metric;
      });
      if (!there) add(AddRoute{route});
    }
  }

 private:
  template <class What>
  void add(What what) {
    out_.push_back({wanted_.link.index, wanted_.link.name, std::move(what)});
  }

  [[nodiscard]] std::vector<sys::DefaultRoute> routes() const {
    std::vector<sys::DefaultRoute> list;
    for (const auto& gateway : wanted_.gateways) {
      const bool near = is_link_local(gateway) ||
                        std::ranges::any_of(wanted_.addresses, [&](const auto& address) {
                          return same_network(address, gateway);
                        });
      list.push_back({wanted_.link.index, gateway, gateway_metric(wanted_.link.index),
                      sys::kRouteStatic, !near});
    }
    return list;
  }

  const Wanted& wanted_;
  const Actual& actual_;
  std::vector<Operation>& out_;
};

// Addresses that were set on interfaces which the configuration no longer speaks of.
void remove_forgotten(const std::vector<Wanted>& wanted, const Actual& actual,
                      const std::set<sys::LinkAddress>& ours, std::vector<Operation>& out) {
  for (const auto& address : ours) {
    const bool spoken_of = std::ranges::any_of(
        wanted, [&](const auto& one) { return one.link.index == address.link; });
    const auto link = std::ranges::find(actual.links, address.link, &sys::Link::index);
    if (!spoken_of && link != actual.links.end() && holds(actual.addresses, address))
      out.push_back({link->index, link->name, RemoveAddress{address.address}});
  }
}

}  // namespace

std::string describe(const Operation& operation) {
  return operation.name + ": " + std::visit(Describe{}, operation.what);
}

unsigned gateway_metric(int link) {
  return kGatewayMetric + static_cast<unsigned>(link);
}

std::vector<Operation> operations(const std::vector<Wanted>& wanted, const Actual& actual,
                                  const std::set<sys::LinkAddress>& ours,
                                  const std::set<int>& fresh) {
  std::vector<Operation> list;
  for (const auto& one : wanted) {
    const bool is_fresh = fresh.contains(one.link.index);
    Planner planner(one, actual, list);
    planner.link();
    planner.remove_routes(is_fresh);
    planner.remove_addresses(ours, is_fresh);
    planner.add_addresses();
    planner.add_routes();
  }
  remove_forgotten(wanted, actual, ours, list);
  return list;
}

}  // namespace ros::netconf
