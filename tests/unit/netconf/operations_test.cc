#include "netconf/operations.h"

#include <gtest/gtest.h>

#include "netconf_helpers.h"

namespace ros::netconf {
namespace {

using namespace ros::tests;
using sys::DefaultRoute;
using sys::LinkAddress;

struct Case {
  config::NetworkConfig config;
  Actual actual;
  std::set<LinkAddress> ours = {};
  std::set<int> fresh = {};
};

Lines planned(const Case& c) {
  Lines lines;
  for (const auto& operation :
       operations(wanted(c.config, c.actual.links), c.actual, c.ours, c.fresh))
    lines.push_back(describe(operation));
  return lines;
}

DefaultRoute configured(int link, const std::string& gateway) {
  return {link, gateway, gateway_metric(link), sys::kRouteStatic, false};
}

TEST(Operations, AFreshCardWithAStaticAddress) {
  auto link = card(2, "eth0");
  link.up = false;
  auto config = static_on("eth0", "172.19.8.101/24", "172.19.8.1");
  config.mtu = 1400;
  EXPECT_EQ(planned({network_of({config}), {{link}, {}, {}}, {}, {2}}),
            (Lines{"eth0: set mtu 1400", "eth0: bring up", "eth0: add address 172.19.8.101/24",
                   "eth0: add default route by 172.19.8.1"}));
}

TEST(Operations, NothingWhenAllIsAsWanted) {
  EXPECT_EQ(planned({network_of({static_on("eth0", "172.19.8.101/24", "172.19.8.1")}),
                     {{card(2, "eth0")},
                      {{2, "172.19.8.101/24"}, {2, "fe80::1/64"}},
                      {configured(2, "172.19.8.1")}},
                     {},
                     {2}}),
            Lines{});
}

TEST(Operations, AFreshStaticInterfaceLosesWhatNobodyAskedFor) {
  const Actual actual{{card(2, "eth0")},
                      {{2, "10.0.2.15/24", false},
                       {2, "169.254.1.2/16"},
                       {2, "2001:db8::9/64"},
                       {2, "2001:db8::5054/64", false},
                       {2, "fe80::1/64"},
                       {3, "10.0.3.15/24"}},
                      {{2, "10.0.2.2", 1002, sys::kRouteDhcp, false}}};
  const auto config = network_of({static_on("eth0", "172.19.8.101/24")});
  EXPECT_EQ(planned({config, actual, {}, {2}}),
            (Lines{"eth0: remove default route by 10.0.2.2", "eth0: remove address 10.0.2.15/24",
                   "eth0: remove address 169.254.1.2/16", "eth0: remove address 2001:db8::9/64",
                   "eth0: add address 172.19.8.101/24"}));
  // Later somebody else may add what he likes.
  EXPECT_EQ(planned({config, actual, {}, {}}), Lines{"eth0: add address 172.19.8.101/24"});
}

TEST(Operations, DhcpKeepsItsAddressesAndLosesEarlierStaticOnes) {
  EXPECT_EQ(
      planned({network_of({dhcp_on("eth0")}),
               {{card(2, "eth0")},
                {{2, "172.19.8.101/24"}, {2, "10.0.2.15/24", false}, {2, "10.9.9.9/32"}},
                {configured(2, "172.19.8.1"), {2, "10.0.2.2", 1002, sys::kRouteDhcp, false}}},
               {{2, "172.19.8.101/24"}},
               {2}}),
      (Lines{"eth0: remove default route by 172.19.8.1", "eth0: remove address 172.19.8.101/24"}));
}

TEST(Operations, AnotherGateway) {
  EXPECT_EQ(
      planned({network_of({static_on("eth0", "172.19.8.101/24", "172.19.8.2")}),
               {{card(2, "eth0")},
                {{2, "172.19.8.101/24"}},
                {configured(2, "172.19.8.1"), {2, "172.19.8.3", 5, sys::kRouteStatic, false}}},
               {},
               {}}),
      (Lines{"eth0: remove default route by 172.19.8.1", "eth0: add default route by 172.19.8.2"}));
}

TEST(Operations, AGatewayOutsideOfEveryNetworkIsOnTheLink) {
  auto config = static_on("eth0", "203.0.113.5/32", "198.51.100.1");
  config.gateway_ipv6 = "fe80::1";
  EXPECT_EQ(planned({network_of({config}), {{card(2, "eth0")}, {{2, "203.0.113.5/32"}}, {}}}),
            (Lines{"eth0: add default route by 198.51.100.1, on the link",
                   "eth0: add default route by fe80::1"}));
}

TEST(Operations, EachGatewayHasAMetricOfItsOwn) {
  const auto config = network_of(
      {static_on("eth0", "10.0.0.2/24", "10.0.0.1"), static_on("eth1", "10.0.1.2/24", "10.0.1.1")});
  const Actual actual{{card(2, "eth0"), card(3, "eth1")}, {}, {}};
  std::set<unsigned> metrics;
  for (const auto& operation : operations(wanted(config, actual.links), actual, {}, {}))
    if (const auto* const add = std::get_if<AddRoute>(&operation.what))
      metrics.insert(add->route.metric);
  EXPECT_EQ(metrics.size(), 2U);
  EXPECT_LT(*metrics.rbegin(), 1000U) << "dhcpcd's begin there";
}

TEST(Operations, AnEntryThatWasTakenAwayTakesItsAddressesAlong) {
  EXPECT_EQ(
      planned(
          {network_of({dhcp_on("eth1")}),
           {{card(2, "eth0"), card(3, "eth1")}, {{2, "172.19.8.101/24"}, {2, "10.9.9.9/32"}}, {}},
           {{2, "172.19.8.101/24"}, {9, "10.0.0.1/8"}},
           {2, 3}}),
      Lines{"eth0: remove address 172.19.8.101/24"});
}

}  // namespace
}  // namespace ros::netconf
