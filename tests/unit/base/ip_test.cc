#include "base/ip.h"

#include <gtest/gtest.h>

namespace ros {
namespace {

TEST(Ip, OneFormForEachAddress) {
  EXPECT_EQ(ip_address("10.0.2.15").value_or(""), "10.0.2.15");
  EXPECT_EQ(ip_address("2001:DB8:0::0005").value_or(""), "2001:db8::5");
  for (const auto* const wrong : {"", "10.0.2", "10.0.2.256", "host", "10.0.2.15/24", "::g", "1 "})
    EXPECT_FALSE(ip_address(wrong)) << wrong;
  EXPECT_FALSE(ip_address(std::string_view("10.0.2.15\0x", 11)));
}

TEST(Ip, AddressesOfMachinesHaveAPrefixLength) {
  EXPECT_EQ(ip_with_prefix("10.0.2.15/24").value_or(""), "10.0.2.15/24");
  EXPECT_EQ(ip_with_prefix("FE80::1/64").value_or(""), "fe80::1/64");
  EXPECT_EQ(ip_with_prefix("10.0.2.15/032").value_or(""), "10.0.2.15/32");
  for (const auto* const wrong : {"10.0.2.15", "10.0.2.15/33", "::1/129", "10.0.2.15/-1", "/24",
                                  "10.0.2.15/", "10.0.2.15/2 4"})
    EXPECT_FALSE(ip_with_prefix(wrong)) << wrong;
  EXPECT_NE(ip_with_prefix("10.0.2.15").error().message.find("got '10.0.2.15'"), std::string::npos);
}

TEST(Ip, SameNetwork) {
  EXPECT_TRUE(same_network("10.0.2.15/24", "10.0.2.2"));
  EXPECT_FALSE(same_network("10.0.2.15/24", "10.0.3.2"));
  EXPECT_TRUE(same_network("10.0.2.15/23", "10.0.3.2"));
  EXPECT_FALSE(same_network("10.0.2.15/32", "10.0.2.2"));
  EXPECT_TRUE(same_network("10.0.2.15/0", "192.168.0.1"));
  EXPECT_TRUE(same_network("2001:db8::5/61", "2001:db8:0:7::1"));
  EXPECT_FALSE(same_network("2001:db8::5/61", "2001:db8:0:8::1"));
  EXPECT_FALSE(same_network("10.0.2.15/0", "::1"));
  EXPECT_FALSE(same_network("10.0.2.15", "10.0.2.15"));
}

TEST(Ip, LinkLocal) {
  EXPECT_TRUE(is_link_local("fe80::1/64"));
  EXPECT_TRUE(is_link_local("febf::1"));
  EXPECT_TRUE(is_link_local("169.254.3.4/16"));
  EXPECT_FALSE(is_link_local("fec0::3"));
  EXPECT_FALSE(is_link_local("10.0.2.15/24"));
}

TEST(Hostname, LettersDigitsDashesAndDots) {
  for (const auto* const good : {"box", "box-1.example.com", "7", "A"})
    EXPECT_TRUE(is_hostname(good)) << good;
  for (const auto* const wrong :
       {"", "-box", "box-", "box.", ".box", "a b", "a_b", "a\nb", "b\xc3\xb6x"})
    EXPECT_FALSE(is_hostname(wrong)) << wrong;
  EXPECT_TRUE(is_hostname(std::string(64, 'a')));
  EXPECT_FALSE(is_hostname(std::string(65, 'a')));
}

}  // namespace
}  // namespace ros
