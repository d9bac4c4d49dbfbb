#include "netconf/forwarding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "netconf_helpers.h"

namespace ros::netconf {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using tests::card;
using tests::made_by_a_program;

const std::vector<sys::Link> kLinks = {card(2, "eth0"), made_by_a_program(5, "docker0"),
                                       card(3, "eth1"), made_by_a_program(7, "bond0")};

TEST(Forwarding, CardsAndConfiguredInterfacesAreKeptApart) {
  const std::vector<Wanted> bond = {{.link = kLinks[3]}};
  EXPECT_THAT(forward_rules(kLinks, {}, false), HasSubstr("elements = { 2, 3 }"));
  EXPECT_THAT(forward_rules(kLinks, bond, false), HasSubstr("elements = { 2, 3, 7 }"));
  EXPECT_THAT(forward_rules(kLinks, bond, false), HasSubstr("iif @cards oif @cards drop"));
}

TEST(Forwarding, WithoutCardsOrWithPermissionTheTableGoes) {
  for (const auto& rules : {forward_rules(kLinks, {}, true), forward_rules({}, {}, false)}) {
    EXPECT_THAT(rules, HasSubstr("delete table inet roster"));
    EXPECT_THAT(rules, Not(HasSubstr("drop")));
  }
}

TEST(Forwarding, ATextThatCantBeWrittenIsNoReasonToEnd) {
  const sys::Files files("/no/such/folder");
  Forwarding forwarding(files, "/x");
  forwarding.set("a");
  forwarding.ended(1, {});
}

}  // namespace
}  // namespace ros::netconf
