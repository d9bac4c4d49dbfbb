// The kernel's network: interfaces, addresses and default routes, over rtnetlink(7) with libnl.
//
// Everything is of the network namespace in which the object was made. Addresses are texts in the
// form of base/ip.h.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "base/result.h"
#include "sys/fd.h"

struct nl_sock;  // libnl's

namespace ros::sys {

// Protocols of routes: who made them (rtnetlink(7), RTPROT_*).
inline constexpr unsigned kRouteBoot = 3;
inline constexpr unsigned kRouteStatic = 4;
inline constexpr unsigned kRouteDhcp = 16;

struct Link {
  int index = 0;
  std::string name;
  std::string mac;  // "52:54:00:12:34:56", "" without one
  unsigned mtu = 0;
  bool up = false;    // IFF_UP: wanted
  bool card = false;  // ethernet, and no virtual device that a program made
  friend bool operator==(const Link&, const Link&) = default;
};

struct LinkAddress {
  int link = 0;
  std::string address;    // "10.0.2.15/24"
  bool permanent = true;  // without a limit to its life
  friend auto operator<=>(const LinkAddress& a, const LinkAddress& b) {
    return std::tie(a.link, a.address) <=> std::tie(b.link, b.address);
  }
  friend bool operator==(const LinkAddress& a, const LinkAddress& b) {
    return a.link == b.link && a.address == b.address;
  }
};

// A default route of the main table.
struct DefaultRoute {
  int link = 0;
  std::string gateway;  // its version is the route's
  unsigned metric = 0;  // the lowest wins
  unsigned protocol = kRouteStatic;
  bool on_link = false;  // the gateway lies in no network of the interface
  friend bool operator==(const DefaultRoute&, const DefaultRoute&) = default;
};

class Network {
 public:
  Network() = default;
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  virtual ~Network() = default;

  [[nodiscard]] virtual Result<std::vector<Link>> links() = 0;
  // Those of IPv4 and IPv6.
  [[nodiscard]] virtual Result<std::vector<LinkAddress>> addresses() = 0;
  // `on_link` is not filled in.
  [[nodiscard]] virtual Result<std::vector<DefaultRoute>> default_routes() = 0;

  [[nodiscard]] virtual Result<void> bring_up(int link) = 0;
  [[nodiscard]] virtual Result<void> set_mtu(int link, unsigned mtu) = 0;
  // What is there already, or is gone already, is fine.
  [[nodiscard]] virtual Result<void> add_address(const LinkAddress& address) = 0;
  [[nodiscard]] virtual Result<void> remove_address(const LinkAddress& address) = 0;
  [[nodiscard]] virtual Result<void> add_route(const DefaultRoute& route) = 0;
  [[nodiscard]] virtual Result<void> remove_route(const DefaultRoute& route) = 0;
};

[[nodiscard]] Result<std::unique_ptr<Network>> open_network();

// The same over a socket that is ready for use, or answers in the kernel's place; takes it over.
[[nodiscard]] std::unique_ptr<Network> network_over(nl_sock* socket);

// Wakes up whenever an interface appears, changes or goes.
class LinkEvents {
 public:
  [[nodiscard]] static Result<LinkEvents> open();
  [[nodiscard]] int fd() const { return fd_.get(); }  // watch for EPOLLIN
  void drain() const;  // takes all events; the whole has to be looked at again anyway

 private:
  explicit LinkEvents(UniqueFd fd) : fd_(std::move(fd)) {}
  UniqueFd fd_;
};

}  // namespace ros::sys
