#include "netconf/dhcpcd.h"

#include <gtest/gtest.h>

#include "netconf/dhcp_args.h"
#include "netconf_helpers.h"

namespace ros::netconf {
namespace {

using namespace ros::tests;
using std::chrono::seconds;

std::string conf_of(const std::vector<config::InterfaceConfig>& entries, Lines& complaints) {
  const auto list = wanted(network_of(entries), {card(2, "eth0"), card(3, "eth1"), card(4, "e#2")});
  return dhcpcd_conf("persistent\n", list, seconds(10), complaints);
}

TEST(DhcpcdConf, NamesTheInterfacesOneByOne) {
  Lines complaints;
  EXPECT_EQ(conf_of({dhcp_on("eth*")}, complaints),
            "persistent\n\ntimeout 10\nallowinterfaces eth0 eth1\n\ninterface eth0\n\ninterface "
            "eth1\n");
  EXPECT_EQ(complaints, Lines{});
}

TEST(DhcpcdConf, EmptyWhenNothingIsAutomatic) {
  Lines complaints;
  EXPECT_EQ(conf_of({static_on("eth0", "10.0.0.1/8")}, complaints), "");
}

TEST(DhcpcdConf, ALinkLocalAddressAloneOrAfterDhcp) {
  Lines complaints;
  auto alone = entry("eth0");
  alone.ipv4ll = true;
  auto both = dhcp_on("eth1");
  both.ipv4ll = true;
  EXPECT_EQ(conf_of({alone, both}, complaints),
            "persistent\n\ntimeout 10\nallowinterfaces eth0 eth1\n\ninterface eth0\nnodhcp\nnodhcp6"
            "\nnoipv6rs\nipv4ll\n\ninterface eth1\nipv4ll\n");
}

TEST(DhcpcdConf, ArgumentsBecomeLinesOfTheInterface) {
  Lines complaints;
  auto own = dhcp_on("eth0");
  own.dhcp_args = {"-MA4", "-h", "box"};
  EXPECT_EQ(conf_of({own}, complaints),
            "persistent\n\ntimeout 10\nallowinterfaces eth0\n\ninterface eth0\nnoarp\nipv4only\n"
            "hostname\n");
  EXPECT_EQ(complaints, (Lines{"eth0: dhcp_args: '-M' has no effect here",
                               "eth0: dhcp_args: 'box' has no effect here"}));
}

TEST(DhcpcdConf, ANameThatTheFileCannotHoldIsLeftOut) {
  Lines complaints;
  EXPECT_EQ(conf_of({dhcp_on("e#2")}, complaints), "");
  EXPECT_EQ(complaints.size(), 1U);
}

TEST(DhcpArgs, LettersAndWords) {
  EXPECT_EQ(
      dhcp_lines({"-m", "7", "-hbox", "-S", "ip_address=10.0.0.1/8", "-GL"}).lines,
      (Lines{"metric 7", "hostname box", "static ip_address=10.0.0.1/8", "nogateway", "noipv4ll"}));
  EXPECT_EQ(dhcp_lines({"--metric=7", "--hostname", "box", "--noipv6rs", "--ia_na"}).lines,
            (Lines{"metric 7", "hostname box", "noipv6rs", "ia_na"}));
  EXPECT_EQ(dhcp_lines({"-4Am7"}).lines, (Lines{"ipv4only", "noarp", "metric 7"}));
  EXPECT_EQ(dhcp_lines({}).lines, Lines{});
}

TEST(DhcpArgs, WhatConcernsTheProcessHasNoEffect) {
  const auto lines =
      dhcp_lines({"-c", "/bin/evil", "--script=/bin/evil", "-B", "eth0", "--nobackground", "-"});
  EXPECT_EQ(lines.lines, Lines{});
  EXPECT_EQ(lines.ignored, (Lines{"-c", "--script", "-B", "eth0", "--nobackground", "-"}));
}

TEST(DhcpArgs, AValueIsNoSecondOption) {
  const auto lines = dhcp_lines({"-h", "--hostname=a\nscript /bin/evil", "-m"});
  EXPECT_EQ(lines.lines, (Lines{"hostname", "metric"}));
  EXPECT_EQ(lines.ignored, Lines{"--hostname"});
}

}  // namespace
}  // namespace ros::netconf
