#include "cli/overview.h"

#include <gtest/gtest.h>

namespace ros::cli {
namespace {

TEST(Overview, OfAMachineThatIsFine) {
  Overview overview;
  overview.uptime_s = 3 * 3600 + 120;
  overview.memory_kib = 1'003'520;
  overview.memory_used_kib = 163'840;
  overview.addresses = {"eth0 10.0.2.15", "eth0 fec0::1"};
  overview.answered = true;
  overview.services.resize(2);
  for (auto& row : overview.services) row.up = row.ready = true;
  overview.state = "on /dev/vda";
  EXPECT_EQ(overview_text(overview), "Roster OS      " ROS_VERSION
                                     ", up 3 h 2 min\n"
                                     "Memory         160 of 980 MiB in use\n"
                                     "Network        eth0 10.0.2.15, eth0 fec0::1\n"
                                     "Services       2 run\n"
                                     "State          on /dev/vda\n"
                                     "\nCommands: ros --help\n");
}

TEST(Overview, NamesWhatNeedsAttention) {
  Overview overview;
  overview.answered = true;
  overview.services.resize(1);
  overview.services[0].name = "web";
  overview.services[0].up = overview.services[0].failed = true;
  overview.services[0].reason = "exited with status 1";
  overview.problems = {"read-only"};
  overview.complaints = 3;
  const auto text = overview_text(overview);
  EXPECT_TRUE(text.contains("0 run; failed: web (exited with status 1)\n")) << text;
  EXPECT_TRUE(text.contains("problem: read-only\n")) << text;
  EXPECT_TRUE(text.contains("3 complaints: ros config validate\n")) << text;
}

TEST(Overview, OfWhoMayNotAskTheManager) {
  EXPECT_TRUE(overview_text({}).contains("sudo ros"));
}

}  // namespace
}  // namespace ros::cli
