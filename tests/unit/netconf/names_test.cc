#include "netconf/names.h"

#include <gtest/gtest.h>

namespace ros::netconf {
namespace {

using Lines = std::vector<std::string>;

const std::vector<Lease> kLeases = {
    {"eth0", "dhcp", {"10.0.2.3"}, {"lan"}, {"10.0.2.5", "10.0.2.6"}, "sparrow"},
    {"eth0", "ra", {"fec0::3", "10.0.2.3"}, {}, {}, ""},
    {"eth1", "dhcp", {"10.0.3.3"}, {"lan", "two"}, {}, "other"},
};

config::NetworkDocument document() {
  config::NetworkDocument document;
  document.fallback_nameservers = {"8.8.8.8"};
  return document;
}

TEST(Names, OfTheLeasesInTheOrderOfInterfaces) {
  EXPECT_EQ(names(document(), {"eth0", "eth1"}, kLeases).resolv_conf,
            "search lan two\nnameserver 10.0.2.3\nnameserver fec0::3\nnameserver 10.0.3.3\n");
  const auto reversed = names(document(), {"eth1", "eth0"}, kLeases);
  EXPECT_EQ(reversed.resolv_conf,
            "search lan two\nnameserver 10.0.3.3\nnameserver 10.0.2.3\nnameserver fec0::3\n");
  EXPECT_EQ(reversed.hostname, "other");
}

TEST(Names, ConfiguredOnesWin) {
  auto own = document();
  own.network.nameservers = {"1.1.1.1"};
  EXPECT_EQ(names(own, {"eth0"}, kLeases).resolv_conf, "search lan\nnameserver 1.1.1.1\n");
  own.network.search = {"mine"};
  EXPECT_EQ(names(own, {"eth0"}, kLeases).resolv_conf, "search mine\nnameserver 1.1.1.1\n");
}

TEST(Names, DefaultsWhenThereIsNothingElse) {
  EXPECT_EQ(names(document(), {}, {}).resolv_conf, "nameserver 8.8.8.8\n");
  EXPECT_EQ(names(document(), {"eth0"}, {}).hostname, "");
}

TEST(Names, LeasesOfOtherInterfacesDontCount) {
  EXPECT_EQ(names(document(), {"eth2"}, kLeases), names(document(), {}, {}));
}

TEST(Names, TimeServersByInterface) {
  const std::map<std::string, std::string> expected = {
      {"eth0.sources", "server 10.0.2.5 iburst\nserver 10.0.2.6 iburst\n"}};
  EXPECT_EQ(names(document(), {"eth0", "eth1"}, kLeases).ntp_sources, expected);
}

}  // namespace
}  // namespace ros::netconf
