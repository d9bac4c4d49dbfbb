#include "config/network.h"

#include <gtest/gtest.h>

#include "config/network_table.h"
#include "config_helpers.h"

namespace ros::config {
namespace {

using tests::Lines;
using tests::lines;
using tests::load_text;

constexpr auto kFull = R"(
rancher:
  network:
    dhcp_timeout: 3
    forwarding: true
    dns: {nameservers: [1.1.1.1, "2001:DB8::1"], search: [lan]}
    http_proxy: http://proxy:3128
    no_proxy: localhost
    interfaces:
      eth0:
        address: 172.19.8.101/24
        addresses: [10.0.0.1/8, "2001:db8::2/64"]
        gateway: 172.19.8.1
        gateway_ipv6: fe80::1
        mtu: 1400
      eth*: {dhcp: true, dhcp_args: "-h box --metric 7", ipv4ll: yes}
      mac=52:54:00:*: {match: eth9}
)";

TEST(Network, EveryKeyIsRead) {
  const auto result = load_text(kFull);
  EXPECT_EQ(lines(result.complaints), Lines{});
  const auto& network = result.config.network;
  EXPECT_EQ(network.dhcp_timeout.count(), 3);
  EXPECT_TRUE(network.forwarding);
  EXPECT_EQ(network.nameservers, (Lines{"1.1.1.1", "2001:db8::1"}));
  EXPECT_EQ(network.search, Lines{"lan"});
  ASSERT_EQ(network.interfaces.size(), 3U);
  const auto& any = network.interfaces[0];
  EXPECT_EQ(any.name, "eth*");
  EXPECT_TRUE(any.dhcp);
  EXPECT_TRUE(any.ipv4ll);
  EXPECT_EQ(any.dhcp_args, (Lines{"-h", "box", "--metric", "7"}));
  const auto& first = network.interfaces[1];
  EXPECT_FALSE(first.dhcp);
  EXPECT_EQ(first.address, Lines{"172.19.8.101/24"});
  EXPECT_EQ(first.addresses, (Lines{"10.0.0.1/8", "2001:db8::2/64"}));
  EXPECT_EQ(first.gateway, "172.19.8.1");
  EXPECT_EQ(first.gateway_ipv6, "fe80::1");
  EXPECT_EQ(first.mtu, 1400U);
  EXPECT_EQ(network.interfaces[2].pattern(), "eth9");
  EXPECT_EQ(proxy_environment(network),
            (Lines{"HTTP_PROXY=http://proxy:3128", "http_proxy=http://proxy:3128",
                   "NO_PROXY=localhost", "no_proxy=localhost"}));
}

TEST(Network, InterfacesOnTheKernelCommandLine) {
  const auto result = load_text(
      "rancher: {network: {interfaces: {eth0: {dhcp: true, mtu: 1400}}}}",
      "rancher.network.interfaces.eth0.dhcp=false rancher.network.interfaces.eth*.addresses="
      "[10.0.0.1/8] rancher.network.interfaces.eth1.address=10.0.1.2/24");
  EXPECT_EQ(lines(result.complaints), Lines{});
  const auto& interfaces = result.config.network.interfaces;
  ASSERT_EQ(interfaces.size(), 3U);
  EXPECT_EQ(interfaces[0].addresses, Lines{"10.0.0.1/8"});
  EXPECT_FALSE(interfaces[1].dhcp);
  EXPECT_EQ(interfaces[1].mtu, 1400U);
  EXPECT_EQ(interfaces[2].address, Lines{"10.0.1.2/24"});
}

TEST(Network, WrongValuesAreLeftOutAlone) {
  const auto result = load_text(R"(
rancher:
  network:
    dns: {nameservers: [1.1.1.1, dns.example.org]}
    interfaces:
      eth0:
        address: 10.0.0.1
        addresses: [10.0.0.2/24, 10.0.0.3/99]
        gateway: "::1"
        gateway_ipv6: 10.0.0.1
        mtu: 99999
        dhpc: true
      "a b": {dhcp: true}
)");
  EXPECT_EQ(
      lines(result.complaints),
      (Lines{
          "user:4:34: rancher.network.dns.nameservers[1]: expected an address such as "
          "'192.168.1.1', got 'dns.example.org'",
          "user:7:18: rancher.network.interfaces.eth0.address: expected an address with its prefix "
          "length such as '192.168.1.10/24', got '10.0.0.1'",
          "user:8:34: rancher.network.interfaces.eth0.addresses[1]: expected an address with its "
          "prefix length such as '192.168.1.10/24', got '10.0.0.3/99'",
          "user:9:18: rancher.network.interfaces.eth0.gateway: expected an IPv4 address, got '::1'",
          "user:10:23: rancher.network.interfaces.eth0.gateway_ipv6: expected an IPv6 address, got "
          "'10.0.0.1'",
          "user:11:14: rancher.network.interfaces.eth0.mtu: expected a whole number from 0 to "
          "65535, got '99999'",
          "user:12:9: rancher.network.interfaces.eth0.dhpc: unknown key; did you mean "
          "'rancher.network.interfaces.eth0.dhcp'?",
          "user:13:7: rancher.network.interfaces.a b: expected a name or pattern of an interface, "
          "at most 64 characters without blanks and '/'",
      }));
  ASSERT_EQ(result.config.network.interfaces.size(), 1U);
  EXPECT_EQ(result.config.network.interfaces[0].addresses, Lines{"10.0.0.2/24"});
  EXPECT_EQ(result.config.network.nameservers, Lines{"1.1.1.1"});
}

TEST(Network, KeysThatComeLaterAreSaidToHaveNoEffect) {
  const auto result = load_text(
      "rancher: {network: {interfaces: {eth0: {dhcp: true, bridge: br0}}, pre_cmds: [x]}}");
  EXPECT_EQ(lines(result.complaints), (Lines{"user:1:61: rancher.network.interfaces.eth0.bridge: "
                                             "has no effect here; not supported yet",
                                             "user:1:78: rancher.network.pre_cmds: has no effect "
                                             "here; write commands into bootcmd, or into runcmd"}));
  ASSERT_EQ(result.config.network.interfaces.size(), 1U);
  EXPECT_TRUE(result.config.network.interfaces[0].dhcp);
}

TEST(Network, TheDocumentOfTheServiceReadsBack) {
  const auto network = load_text(kFull).config.network;
  NetworkDocument document{network, {"8.8.8.8"}};
  const auto read = parse_network(to_json(document));
  ASSERT_TRUE(read) << read.error().message;
  document.network.http_proxy = document.network.no_proxy = "";
  EXPECT_EQ(*read, document);
  EXPECT_FALSE(parse_network("{"));
  EXPECT_FALSE(parse_network("[]"));
  EXPECT_FALSE(parse_network(R"({"interfaces": 7})"));
}

// A service that was swapped for a newer one, below the manager of an older system.
TEST(Network, ADocumentFromBeforeTheNewestKeyIsRead) {
  const auto read =
      parse_network(R"({"interfaces": [], "nameservers": [], "search": [], "dhcp_timeout": 10,)"
                    R"( "fallback_nameservers": ["8.8.8.8"]})");
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_FALSE(read->network.forwarding);
}

TEST(Network, AGatewayGoesWithTheAddressThatWasLeftOut) {
  const auto loaded = load_text(
      "rancher: {network: {interfaces: {eth0: {address: 10.0.0.300/24, gateway: 10.0.0.1,\n"
      "  gateway_ipv6: 'fe80::1', addresses: ['2001:db8::2/64']}, eth1: {gateway: 10.1.0.1}}}}\n");
  const auto& interfaces = loaded.config.network.interfaces;
  ASSERT_EQ(interfaces.size(), 2U);
  EXPECT_EQ(interfaces[0].gateway, "");
  EXPECT_EQ(interfaces[0].gateway_ipv6, "fe80::1") << "its address is fine";
  EXPECT_EQ(interfaces[1].gateway, "10.1.0.1") << "nothing is wrong there";
  ASSERT_EQ(loaded.complaints.size(), 2U);
  EXPECT_EQ(
      loaded.complaints[1].describe(),
      "user:1:74: rancher.network.interfaces.eth0.gateway: left out, as the card's address is");
}

TEST(Network, ProxiesThatAreNoUrl) {
  const auto loaded = load_text(
      "rancher: {network: {http_proxy: \"http://b:p#@10.0.2.2:3128\",\n"
      "  https_proxy: \"http://b:p$x%25%40'q@10.0.2.2:3128\"}}\n");
  EXPECT_EQ(loaded.config.network.http_proxy, "");
  EXPECT_EQ(loaded.config.network.https_proxy, "http://b:p$x%25%40'q@10.0.2.2:3128");
  EXPECT_EQ(loaded.complaints.size(), 1U);
}

TEST(Network, InterfaceKeysAreDocumentedOnce) {
  for (const auto& entry : interface_table()) {
    EXPECT_TRUE(entry.read == nullptr || !entry.doc.empty()) << entry.path;
    EXPECT_EQ(find_row(interface_table(), entry.path), &entry);
  }
}

}  // namespace
}  // namespace ros::config
