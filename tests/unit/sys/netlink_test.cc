#include "sys/netlink.h"

#include <gtest/gtest.h>
#include <linux/if_addr.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <poll.h>
#include <sched.h>

#include <algorithm>
#include <functional>
#include <thread>

#include "fakes/netlink_replies.h"

namespace ros::sys {
namespace {

// Runs `body` in a network of its own, whose only interface is lo; false when that is not allowed.
bool in_own_network(const std::function<void(Network&, const Link& lo)>& body) {
  bool allowed = true;
  std::thread([&] {
    allowed = unshare(CLONE_NEWNET) == 0;
    if (!allowed) return;
    const auto network = open_network();
    ASSERT_TRUE(network) << network.error().message;
    const auto links = (*network)->links();
    ASSERT_TRUE(links) << links.error().message;
    ASSERT_EQ(links->size(), 1U);
    body(**network, links->front());
  }).join();
  return allowed;
}

#define IN_OWN_NETWORK(...) \
  if (!in_own_network(__VA_ARGS__)) GTEST_SKIP() << "no permission for a network namespace"

void expect_done(const Result<void>& result) {
  EXPECT_TRUE(result) << result.error().message;
}

bool has(const std::vector<LinkAddress>& list, const LinkAddress& address) {
  return std::ranges::find(list, address) != list.end();
}

TEST(Netlink, AnInterfaceComesUpWithAnotherMtu) {
  IN_OWN_NETWORK([](Network& network, const Link& lo) {
    EXPECT_EQ(lo.name, "lo");
    EXPECT_FALSE(lo.up);
    EXPECT_FALSE(lo.card);
    const auto events = LinkEvents::open();
    ASSERT_TRUE(events);
    pollfd wait{events->fd(), POLLIN, 0};
    EXPECT_EQ(poll(&wait, 1, 0), 0);
    expect_done(network.set_mtu(lo.index, 1400));
    expect_done(network.bring_up(lo.index));
    EXPECT_EQ(poll(&wait, 1, 1000), 1);
    events->drain();
    EXPECT_EQ(poll(&wait, 1, 0), 0);
    const auto links = network.links();
    ASSERT_TRUE(links);
    EXPECT_TRUE(links->front().up);
    EXPECT_EQ(links->front().mtu, 1400U);
    EXPECT_FALSE(network.bring_up(lo.index + 100));
  });
}

TEST(Netlink, AddressesComeAndGo) {
  IN_OWN_NETWORK([](Network& network, const Link& lo) {
    expect_done(network.bring_up(lo.index));
    for (const auto* const text : {"10.9.9.2/24", "10.9.9.3/32", "2001:db8::5/64"}) {
      const LinkAddress address{lo.index, text};
      for (int twice = 0; twice < 2; ++twice) expect_done(network.add_address(address));
      EXPECT_TRUE(has(network.addresses().value_or(std::vector<LinkAddress>()), address)) << text;
      for (int twice = 0; twice < 2; ++twice) expect_done(network.remove_address(address));
      EXPECT_FALSE(has(network.addresses().value_or(std::vector<LinkAddress>()), address)) << text;
    }
    EXPECT_FALSE(network.add_address({lo.index, "nonsense"}));
  });
}

TEST(Netlink, DefaultRoutesComeAndGo) {
  IN_OWN_NETWORK([](Network& network, const Link& lo) {
    expect_done(network.bring_up(lo.index));
    expect_done(network.add_address({lo.index, "10.9.9.2/24"}));
    // lo takes no IPv6 gateway: those are in tests/netns.
    const DefaultRoute route{lo.index, "10.9.9.1", 102, kRouteStatic, false};
    for (int twice = 0; twice < 2; ++twice) expect_done(network.add_route(route));
    const auto routes = network.default_routes();
    ASSERT_TRUE(routes);
    ASSERT_EQ(routes->size(), 1U);
    EXPECT_EQ(routes->front(), route);
    for (int twice = 0; twice < 2; ++twice) expect_done(network.remove_route(route));
    EXPECT_EQ(network.default_routes().value_or(std::vector{route}).size(), 0U);
    DefaultRoute far{lo.index, "198.51.100.1", 102, kRouteStatic, false};
    EXPECT_FALSE(network.add_route(far));
    far.on_link = true;
    expect_done(network.add_route(far));
  });
}

// What the kernel says of the address 10.9.9.2 of interface 1, in an address family.
std::string address_message(unsigned char family, unsigned char prefix) {
  struct {
    nlmsghdr head;
    ifaddrmsg message;
    rtattr local;
    unsigned char address[4];
  } all{};
  all.head = {sizeof all, RTM_NEWADDR, 0, 0, 0};
  all.message = {family, prefix, 0, 0, 1};
  all.local = {RTA_LENGTH(4), IFA_LOCAL};
  std::ranges::copy(std::to_array<unsigned char>({10, 9, 9, 2}), all.address);
  return {reinterpret_cast<const char*>(&all), sizeof all};
}

TEST(Netlink, WhatIsNoAddressOfTheInternetIsLeftOut) {
  fakes::NetlinkReplies good(address_message(AF_INET, 24));
  EXPECT_TRUE(has(good.network().addresses().value(), {1, "10.9.9.2/24"}));
  for (const auto& bytes : {address_message(AF_APPLETALK, 24), address_message(AF_INET, 33),
                            address_message(AF_INET6, 24)}) {
    fakes::NetlinkReplies odd(bytes);
    EXPECT_EQ(odd.network().addresses().value().size(), 0U);
  }
}

// The default route over 10.9.9.1 in a message of a type, `kind` and `length` of the gateway as
// given.
std::string route_message(unsigned short type, unsigned short kind, unsigned short length) {
  struct {
    nlmsghdr head;
    rtmsg message;
    rtattr link;
    int index;
    rtattr gateway;
    unsigned char address[4];
  } all{};
  all.head = {sizeof all, type, 0, 0, 0};
  all.message = {AF_INET, 0, 0, 0, RT_TABLE_MAIN, kRouteBoot, RT_SCOPE_UNIVERSE, RTN_UNICAST, 0};
  all.link = {RTA_LENGTH(4), RTA_OIF};
  all.index = 1;
  all.gateway = {static_cast<unsigned short>(RTA_LENGTH(length)), kind};
  std::ranges::copy(std::to_array<unsigned char>({10, 9, 9, 1}), all.address);
  return {reinterpret_cast<const char*>(&all), sizeof all};
}

TEST(Netlink, ARouteOverAnotherFamilyOrSeveralGatewaysIsLeftOut) {
  fakes::NetlinkReplies good(route_message(RTM_NEWROUTE, RTA_GATEWAY, 4));
  EXPECT_EQ(good.network().default_routes().value(),
            std::vector({DefaultRoute{1, "10.9.9.1", 0, kRouteBoot, false}}));
  for (const auto& bytes :
       {route_message(RTM_NEWROUTE, RTA_VIA, 1), route_message(RTM_GETROUTE, RTA_VIA, 1),
        route_message(RTM_NEWROUTE, RTA_MULTIPATH, 4)}) {
    fakes::NetlinkReplies odd(bytes + route_message(RTM_NEWROUTE, RTA_GATEWAY, 4));
    EXPECT_EQ(odd.network().default_routes().value().size(), 1U);
  }
}

TEST(Netlink, AnErrorInPlaceOfAnAnswer) {
  struct {
    nlmsghdr head;
    nlmsgerr error;
  } refused{{sizeof refused, NLMSG_ERROR, 0, 0, 0}, {-EACCES, {}}};
  fakes::NetlinkReplies replies({reinterpret_cast<const char*>(&refused), sizeof refused});
  EXPECT_FALSE(replies.network().links());
  EXPECT_FALSE(replies.network().addresses());
  EXPECT_FALSE(replies.network().default_routes());
}

}  // namespace
}  // namespace ros::sys
