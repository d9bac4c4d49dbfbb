#include "netconf/wanted.h"

#include <gtest/gtest.h>

#include "netconf_helpers.h"

namespace ros::netconf {
namespace {

using namespace ros::tests;

Lines names_of(const std::vector<Wanted>& list) {
  Lines names;
  for (const auto& one : list) names.push_back(one.link.name);
  return names;
}

TEST(Wanted, EveryCardGetsDhcpWhenNothingIsConfigured) {
  const auto list = wanted({}, {made_by_a_program(1, "lo"), card(2, "eth0"), card(3, "enp1s0"),
                                made_by_a_program(4, "docker0"), made_by_a_program(5, "dummy0")});
  EXPECT_EQ(names_of(list), (Lines{"eth0", "enp1s0"}));
  for (const auto& one : list) EXPECT_TRUE(one.dhcp);
  EXPECT_EQ(names_of(wanted({}, {made_by_a_program(1, "lo")})), Lines{});
}

TEST(Wanted, OnlyWhatTheConfigurationSpeaksOf) {
  const auto list = wanted(network_of({dhcp_on("eth1")}), {card(2, "eth0"), card(3, "eth1")});
  EXPECT_EQ(names_of(list), Lines{"eth1"});
}

TEST(Wanted, HardwareAddressBeforeNameBeforePattern) {
  const std::vector entries = {dhcp_on("*"), static_on("eth0", "10.0.0.1/8"),
                               static_on("mac=52:54:00:AA:*", "10.0.0.2/8")};
  const auto* const by_mac = entry_for(card(2, "eth0", "52:54:00:aa:bb:cc"), entries);
  const auto* const by_name = entry_for(card(2, "eth0", "52:54:00:11:bb:cc"), entries);
  const auto* const by_pattern = entry_for(card(3, "eth1"), entries);
  EXPECT_EQ(by_mac, &entries[2]);
  EXPECT_EQ(by_name, &entries[1]);
  EXPECT_EQ(by_pattern, &entries[0]);
}

TEST(Wanted, MatchCountsInsteadOfTheName) {
  auto entry = dhcp_on("lan");
  entry.match = "mac=52:54:00:aa:bb:cc";
  EXPECT_NE(entry_for(card(2, "eth0", "52:54:00:aa:bb:cc"), {entry}), nullptr);
  EXPECT_EQ(entry_for(card(3, "lan", "52:54:00:aa:bb:dd"), {entry}), nullptr);
}

TEST(Wanted, PatternsMeanCardsNamesMeanAll) {
  const auto dummy = made_by_a_program(7, "dummy0");
  EXPECT_EQ(entry_for(dummy, {dhcp_on("dummy*")}), nullptr);
  EXPECT_NE(entry_for(dummy, {dhcp_on("dummy0")}), nullptr);
}

TEST(Wanted, WhatDockerMakesIsNeverTouched) {
  for (const auto* const name : {"lo", "docker0", "docker-sys", "veth12ab", "br-1234"}) {
    EXPECT_TRUE(is_foreign(name)) << name;
    EXPECT_EQ(names_of(wanted(network_of({dhcp_on(name)}), {card(2, name)})), Lines{}) << name;
  }
  EXPECT_FALSE(is_foreign("eth0"));
  EXPECT_FALSE(is_foreign("br0"));
}

TEST(Wanted, AddressAndAddressesTogether) {
  auto entry = static_on("eth0", "10.0.0.1/8", "10.0.0.254");
  entry.addresses = {"10.0.0.1/8", "2001:db8::2/64"};
  entry.gateway_ipv6 = "fe80::1";
  const auto list = wanted(network_of({entry}), {card(2, "eth0")});
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].addresses, (Lines{"10.0.0.1/8", "2001:db8::2/64"}));
  EXPECT_EQ(list[0].gateways, (Lines{"10.0.0.254", "fe80::1"}));
  EXPECT_FALSE(list[0].automatic());
}

}  // namespace
}  // namespace ros::netconf
