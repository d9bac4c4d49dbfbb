#include "cli/console/terminals.h"

#include <gtest/gtest.h>

namespace ros::cli {
namespace {

using Terminals = std::vector<Terminal>;

TEST(TerminalsTest, VirtualOnesThatExistThenTheKernelsConsoles) {
  EXPECT_EQ(terminals("tty0 ttyS0\n", {"tty", "tty0", "tty1", "tty2", "tty9", "ttyS0"}, ""),
            (Terminals{{"tty1"}, {"tty2"}, {"ttyS0"}}));
}

TEST(TerminalsTest, WithoutADisplayTheSerialOneOnly) {
  EXPECT_EQ(terminals("ttyS0 hvc0", {"ttyS0", "hvc0"}, ""), (Terminals{{"ttyS0"}, {"hvc0"}}));
}

TEST(TerminalsTest, AutologinOnlyWhereItWasAskedFor) {
  EXPECT_EQ(terminals("ttyS0", {"tty1"}, "ttyS0\ntty7\n"), (Terminals{{"tty1"}, {"ttyS0", true}}));
}

TEST(TerminalsTest, OneNamedTwiceHasOneLogin) {
  EXPECT_EQ(terminals("tty1 tty1", {"tty1"}, ""), (Terminals{{"tty1"}}));
}

TEST(TerminalsTest, GettyAsksUnlessAutologin) {
  EXPECT_EQ(login_command({"ttyS0"}).front(), "/sbin/getty");
  EXPECT_EQ(login_command({"ttyS0", true}),
            (std::vector<std::string>{"/bin/login", "-f", "rancher"}));
}

}  // namespace
}  // namespace ros::cli
