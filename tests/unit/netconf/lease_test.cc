#include "netconf/lease.h"

#include <gtest/gtest.h>

#include "fakes/temp_root.h"

namespace ros::netconf {
namespace {

using Lines = std::vector<std::string>;
using Kind = LeaseEvent::Kind;

Environment bound() {
  return {{"interface", "eth0"},
          {"protocol", "dhcp"},
          {"reason", "BOUND"},
          {"if_up", "true"},
          {"if_down", "false"},
          {"new_domain_name_servers", "10.0.2.3 10.0.2.4"},
          {"new_domain_search", "lan example.org"},
          {"new_domain_name", "other.org"},
          {"new_ntp_servers", "10.0.2.5"},
          {"new_host_name", "sparrow"}};
}

TEST(LeaseEvent, DhcpAnswered) {
  const auto event = read_event(bound());
  EXPECT_EQ(event.kind, Kind::kSet);
  EXPECT_EQ(event.lease, (Lease{"eth0",
                                "dhcp",
                                {"10.0.2.3", "10.0.2.4"},
                                {"lan", "example.org"},
                                {"10.0.2.5"},
                                "sparrow"}));
}

TEST(LeaseEvent, TheDomainStandsInForASearchList) {
  auto environment = bound();
  environment.erase("new_domain_search");
  EXPECT_EQ(read_event(environment).lease.search, Lines{"other.org"});
}

TEST(LeaseEvent, Dhcp6) {
  const auto event = read_event({{"interface", "eth0"},
                                 {"protocol", "dhcp6"},
                                 {"if_up", "true"},
                                 {"new_dhcp6_name_servers", "2001:db8::1 fe80::2"},
                                 {"new_dhcp6_domain_search", "six.example"},
                                 {"new_dhcp6_sntp_servers", "2001:db8::7"}});
  EXPECT_EQ(
      event.lease,
      (Lease{
          "eth0", "dhcp6", {"2001:db8::1", "fe80::2%eth0"}, {"six.example"}, {"2001:db8::7"}, ""}));
}

TEST(LeaseEvent, RouterAdvertisements) {
  const auto event = read_event({{"interface", "eth0"},
                                 {"protocol", "ra"},
                                 {"if_up", "true"},
                                 {"nd1_rdnss1_servers", "fec0::3"},
                                 {"nd1_rdnss1_lifetime", "1800"},
                                 {"nd2_rdnss1_servers", "fec0::9"},
                                 {"nd2_rdnss1_lifetime", "0"},
                                 {"nd1_dnssl1_search", "ra.example"},
                                 {"nd1_from", "fe80::2"}});
  EXPECT_EQ(event.lease, (Lease{"eth0", "ra", {"fec0::3"}, {"ra.example"}, {}, ""}));
}

// The values come from the network.
TEST(LeaseEvent, OnlyWellFormedValuesAreTaken) {
  auto environment = bound();
  environment["new_domain_name_servers"] = "10.0.2.3\nnameserver 6.6.6.6 $(x) 10.0.2.3";
  environment["new_domain_search"] = "good.example bad;name -x options";
  environment["new_host_name"] = "a b";
  environment["new_ntp_servers"] = "ntp.example.org";
  const auto lease = read_event(environment).lease;
  EXPECT_EQ(lease.nameservers, (Lines{"10.0.2.3", "6.6.6.6"}));
  EXPECT_EQ(lease.search, (Lines{"good.example", "options"}));
  EXPECT_EQ(lease.hostname, "");
  EXPECT_EQ(lease.ntp_servers, Lines{});
  std::string many;
  for (int i = 0; i < 100; ++i) many += "10.0.0." + std::to_string(i) + " ";
  environment["new_domain_name_servers"] = many;
  EXPECT_EQ(read_event(environment).lease.nameservers.size(), 16U);
  for (const auto& [interface, protocol] :
       {std::pair("../x", "dhcp"), std::pair("eth0", "../dhcp"), std::pair("", "dhcp")}) {
    environment["interface"] = interface;
    environment["protocol"] = protocol;
    EXPECT_EQ(read_event(environment).kind, Kind::kNothing);
  }
}

TEST(LeaseEvent, WhatEndsALease) {
  auto environment = bound();
  environment["if_up"] = "false";
  EXPECT_EQ(read_event(environment).kind, Kind::kNothing) << "dhcpcd stops, the lease stays";
  environment["if_down"] = "true";
  EXPECT_EQ(read_event(environment).kind, Kind::kForget);
  environment["protocol"] = "link";
  EXPECT_EQ(read_event(environment).kind, Kind::kForgetInterface);
  environment["if_down"] = "false";
  environment["if_up"] = "true";
  EXPECT_EQ(read_event(environment).kind, Kind::kNothing);
  EXPECT_EQ(read_event({}).kind, Kind::kNothing);
}

TEST(Leases, AreKeptByInterfaceAndProtocol) {
  const fakes::TempRoot root;
  root.directory("/l");
  const auto event = [](const std::string& interface, const std::string& protocol, Kind kind) {
    LeaseEvent made{interface, protocol, kind, {}};
    made.lease.interface = interface;
    made.lease.protocol = protocol;
    return made;
  };
  const auto files = root.files();
  for (const auto* const interface : {"eth0", "eth0.5"})
    for (const auto* const protocol : {"ra", "dhcp"})
      ASSERT_TRUE(record(event(interface, protocol, Kind::kSet), "/l", files));
  root.write("/l/broken.dhcp", "{");
  root.write("/l/eth9.dhcp", to_json({"eth0", "dhcp", {}, {}, {}, ""}));
  const auto listed = [&] {
    Lines names;
    for (const auto& lease : read_leases("/l", files))
      names.push_back(lease.interface + " " + lease.protocol);
    return names;
  };
  EXPECT_EQ(listed(), (Lines{"eth0.5 dhcp", "eth0.5 ra", "eth0 dhcp", "eth0 ra"}));
  ASSERT_TRUE(record(event("eth0.5", "ra", Kind::kForget), "/l", files));
  ASSERT_TRUE(record(event("eth0.5", "ra", Kind::kForget), "/l", files));
  ASSERT_TRUE(record(event("eth0", "link", Kind::kForgetInterface), "/l", files));
  EXPECT_EQ(listed(), Lines{"eth0.5 dhcp"});
  EXPECT_EQ(read_leases("/none", files).size(), 0U);
}

TEST(Leases, ReadBack) {
  const Lease lease{"eth0", "dhcp", {"10.0.2.3"}, {"lan"}, {"10.0.2.5"}, "sparrow"};
  EXPECT_EQ(parse_lease(to_json(lease)).value_or(Lease{}), lease);
  EXPECT_FALSE(parse_lease("[]"));
}

}  // namespace
}  // namespace ros::netconf
