#include "sys/netlink.h"

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/rtnetlink.h>
#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <netlink/route/nexthop.h>
#include <netlink/route/route.h>
#include <sys/socket.h>

#include <array>
#include <functional>

#include "base/ip.h"

namespace ros::sys {
namespace {

template <auto kFree>
struct Free {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Socket = std::unique_ptr<nl_sock, Free<nl_socket_free>>;
using Cache = std::unique_ptr<nl_cache, Free<nl_cache_free>>;
using Text = std::unique_ptr<nl_addr, Free<nl_addr_put>>;
using LinkObject = std::unique_ptr<rtnl_link, Free<rtnl_link_put>>;
using AddressObject = std::unique_ptr<rtnl_addr, Free<rtnl_addr_put>>;
using RouteObject = std::unique_ptr<rtnl_route, Free<rtnl_route_put>>;

// libnl's functions answer with a negative code of their own.
Result<void> check(int code, const std::string& what) {
  if (code >= 0) return {};
  return fail(what + ": " + nl_geterror(code));
}

Result<void> check_but(int code, int fine, const std::string& what) {
  return code == -fine ? Result<void>() : check(code, what);
}

int family(std::string_view address) {
  return ip_version(address) == IpVersion::k4 ? AF_INET : AF_INET6;
}

Result<Text> parse(const std::string& address) {
  nl_addr* parsed = nullptr;
  auto done = check(nl_addr_parse(address.c_str(), family(address), &parsed), address);
  if (!done) return std::unexpected(done.error());
  return Text(parsed);
}

// libnl prints other families in forms of their own, and reads beyond the end of what is too short.
bool is_of_the_internet(nl_addr* address) {
  const auto bytes = nl_addr_get_len(address);
  const auto family = nl_addr_get_family(address);
  return (family == AF_INET && bytes == 4) || (family == AF_INET6 && bytes == 16);
}

std::string text_of(nl_addr* address) {
  std::array<char, 64> buffer{};
  return nl_addr2str(address, buffer.data(), buffer.size());
}

// "10.0.2.15/24"; libnl leaves out the length of a whole address.
std::string with_prefix(nl_addr* address) {
  std::string text = text_of(address);
  if (!text.contains('/')) text += "/" + std::to_string(nl_addr_get_prefixlen(address));
  return text;
}

void for_each(nl_cache* cache, const std::function<void(nl_object*)>& call) {
  for (auto* object = nl_cache_get_first(cache); object != nullptr;
       object = nl_cache_get_next(object))
    call(object);
}

Link link_of(rtnl_link* object) {
  Link link;
  link.index = rtnl_link_get_ifindex(object);
  const char* const name = rtnl_link_get_name(object);
  link.name = name != nullptr ? name : "";
  link.mtu = rtnl_link_get_mtu(object);
  link.up = (rtnl_link_get_flags(object) & IFF_UP) != 0;
  const bool ethernet = rtnl_link_get_arptype(object) == ARPHRD_ETHER;
  link.card = ethernet && rtnl_link_get_type(object) == nullptr;
  auto* const mac = rtnl_link_get_addr(object);
  if (ethernet && mac != nullptr) link.mac = text_of(mac);
  return link;
}

bool is_default(rtnl_route* route) {
  return rtnl_route_get_table(route) == RT_TABLE_MAIN && rtnl_route_get_nnexthops(route) == 1 &&
         rtnl_route_get_type(route) == RTN_UNICAST &&
         nl_addr_get_prefixlen(rtnl_route_get_dst(route)) == 0;
}

// A route over a gateway of the other family, or over several: it has none of the gateways that are
// looked for, and libnl 3.7 copies the -1 bytes behind a family that is cut short
// (rtnl_route_parse).
bool is_of_no_use(nlmsghdr* message) {
  const bool route = message->nlmsg_type >= RTM_NEWROUTE && message->nlmsg_type <= RTM_GETROUTE;
  return route && (nlmsg_find_attr(message, sizeof(rtmsg), RTA_VIA) != nullptr ||
                   nlmsg_find_attr(message, sizeof(rtmsg), RTA_MULTIPATH) != nullptr);
}

int skip_what_is_of_no_use(nl_msg* message, void* /*argument*/) {
  return is_of_no_use(nlmsg_hdr(message)) ? NL_SKIP : NL_OK;
}

class KernelNetwork final : public Network {
 public:
  explicit KernelNetwork(Socket socket) : socket_(std::move(socket)) {
    nl_socket_modify_cb(socket_.get(), NL_CB_MSG_IN, NL_CB_CUSTOM, skip_what_is_of_no_use, nullptr);
  }

  Result<std::vector<Link>> links() override {
    const auto cache = dump("route/link", "interfaces");
    if (!cache) return std::unexpected(cache.error());
    std::vector<Link> links;
    for_each(cache->get(), [&](nl_object* object) {
      links.push_back(link_of(reinterpret_cast<rtnl_link*>(object)));
    });
    return links;
  }

  Result<std::vector<LinkAddress>> addresses() override {
    const auto cache = dump("route/addr", "addresses");
    if (!cache) return std::unexpected(cache.error());
    std::vector<LinkAddress> addresses;
    for_each(cache->get(), [&](nl_object* object) {
      auto* const address = reinterpret_cast<rtnl_addr*>(object);
      auto* const local = rtnl_addr_get_local(address);
      if (local == nullptr || !is_of_the_internet(local)) return;
      if (auto text = ip_with_prefix(with_prefix(local)))
        addresses.push_back({rtnl_addr_get_ifindex(address), *std::move(text),
                             (rtnl_addr_get_flags(address) & IFA_F_PERMANENT) != 0});
    });
    return addresses;
  }

  Result<std::vector<DefaultRoute>> default_routes() override {
    const auto cache = dump("route/route", "routes");
    if (!cache) return std::unexpected(cache.error());
    std::vector<DefaultRoute> routes;
    for_each(cache->get(), [&](nl_object* object) {
      auto* const route = reinterpret_cast<rtnl_route*>(object);
      if (!is_default(route)) return;
      auto* const hop = rtnl_route_nexthop_n(route, 0);
      auto* const gateway = rtnl_route_nh_get_gateway(hop);
      if (gateway == nullptr || !is_of_the_internet(gateway)) return;
      if (auto text = ip_address(text_of(gateway)))
        routes.push_back({rtnl_route_nh_get_ifindex(hop), *std::move(text),
                          rtnl_route_get_priority(route), rtnl_route_get_protocol(route), false});
    });
    return routes;
  }

  Result<void> bring_up(int link) override {
    return change_link(link, [](rtnl_link* wanted) { rtnl_link_set_flags(wanted, IFF_UP); });
  }

  Result<void> set_mtu(int link, unsigned mtu) override {
    return change_link(link, [mtu](rtnl_link* wanted) { rtnl_link_set_mtu(wanted, mtu); });
  }

  Result<void> add_address(const LinkAddress& address) override {
    const auto object = address_object(address);
    if (!object) return std::unexpected(object.error());
    return check_but(rtnl_addr_add(socket_.get(), object->get(), NLM_F_CREATE | NLM_F_EXCL),
                     NLE_EXIST, address.address);
  }

  Result<void> remove_address(const LinkAddress& address) override {
    const auto object = address_object(address);
    if (!object) return std::unexpected(object.error());
    return check_but(rtnl_addr_delete(socket_.get(), object->get(), 0), NLE_NOADDR,
                     address.address);
  }

  Result<void> add_route(const DefaultRoute& route) override {
    const auto object = route_object(route);
    if (!object) return std::unexpected(object.error());
    return check_but(rtnl_route_add(socket_.get(), object->get(), NLM_F_CREATE | NLM_F_EXCL),
                     NLE_EXIST, route.gateway);
  }

  Result<void> remove_route(const DefaultRoute& route) override {
    const auto object = route_object(route);
    if (!object) return std::unexpected(object.error());
    return check_but(rtnl_route_delete(socket_.get(), object->get(), 0), NLE_OBJ_NOTFOUND,
                     route.gateway);
  }

 private:
  // What the kernel has of a kind (libnl's name of it). In two steps: where libnl makes and fills a
  // cache at once, it loses the memory of one that could not be filled.
  Result<Cache> dump(const char* kind, const char* what) {
    nl_cache* empty = nullptr;
    auto done = check(nl_cache_alloc_name(kind, &empty), what);
    if (!done) return std::unexpected(done.error());
    Cache cache(empty);
    done = check(nl_cache_refill(socket_.get(), empty), what);
    if (!done) return std::unexpected(done.error());
    return cache;
  }

  Result<void> change_link(int index, const std::function<void(rtnl_link*)>& change) {
    const LinkObject present(rtnl_link_alloc());
    const LinkObject wanted(rtnl_link_alloc());
    if (!present || !wanted) return fail_errno("interface", ENOMEM);
    rtnl_link_set_ifindex(present.get(), index);
    change(wanted.get());
    return check(rtnl_link_change(socket_.get(), present.get(), wanted.get(), 0), "change");
  }

  static Result<AddressObject> address_object(const LinkAddress& address) {
    const auto local = parse(address.address);
    if (!local) return std::unexpected(local.error());
    AddressObject object(rtnl_addr_alloc());
    if (!object) return fail_errno("address", ENOMEM);
    rtnl_addr_set_ifindex(object.get(), address.link);
    rtnl_addr_set_local(object.get(), local->get());
    return object;
  }

  static Result<RouteObject> route_object(const DefaultRoute& route) {
    const auto gateway = parse(route.gateway);
    const auto any = parse(family(route.gateway) == AF_INET ? "0.0.0.0/0" : "::/0");
    if (!gateway) return std::unexpected(gateway.error());
    if (!any) return std::unexpected(any.error());
    RouteObject object(rtnl_route_alloc());
    auto* const hop = object ? rtnl_route_nh_alloc() : nullptr;
    if (hop == nullptr) return fail_errno("route", ENOMEM);
    rtnl_route_set_family(object.get(), static_cast<std::uint8_t>(family(route.gateway)));
    rtnl_route_set_table(object.get(), RT_TABLE_MAIN);
    rtnl_route_set_scope(object.get(), RT_SCOPE_UNIVERSE);
    rtnl_route_set_type(object.get(), RTN_UNICAST);
    rtnl_route_set_protocol(object.get(), static_cast<std::uint8_t>(route.protocol));
    rtnl_route_set_priority(object.get(), route.metric);
    rtnl_route_set_dst(object.get(), any->get());
    rtnl_route_nh_set_ifindex(hop, route.link);
    rtnl_route_nh_set_gateway(hop, gateway->get());
    if (route.on_link) rtnl_route_nh_set_flags(hop, RTNH_F_ONLINK);
    rtnl_route_add_nexthop(object.get(), hop);  // the route owns it now
    return object;
  }

  Socket socket_;
};

}  // namespace

Result<std::unique_ptr<Network>> open_network() {
  Socket socket(nl_socket_alloc());
  if (!socket) return fail_errno("netlink", ENOMEM);
  auto connected = check(nl_connect(socket.get(), NETLINK_ROUTE), "netlink");
  if (!connected) return std::unexpected(connected.error());
  return network_over(socket.release());
}

std::unique_ptr<Network> network_over(nl_sock* socket) {
  return std::make_unique<KernelNetwork>(Socket(socket));
}

Result<LinkEvents> LinkEvents::open() {
  UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_ROUTE));
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_LINK;
  if (!fd.valid() || bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    return fail_errno("events of the network's interfaces");
  return LinkEvents(std::move(fd));
}

void LinkEvents::drain() const {
  std::array<char, 16384> buffer{};
  // ENOBUFS, when events were lost, ends in another turn: the descriptor stays readable.
  while (recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT) > 0) {
  }
}

}  // namespace ros::sys
