#include "cli/console/session.h"

#include <gtest/gtest.h>

#include "cli/console/user_commands.h"
#include "fakes/temp_root.h"

namespace ros::cli {
namespace {

TEST(SessionTest, EntersItsGroupAndRemovesEmptyOnes) {
  const fakes::TempRoot root;
  const std::string groups(kSessionCgroups);
  root.write(groups + "/70/cgroup.procs", "");
  root.write(groups + "/12/cgroup.procs", "");  // not empty as a directory: stays
  root.write(groups + "/memory.high", "max");
  ASSERT_TRUE(enter_session_cgroup(root.files(), "70"));
  EXPECT_EQ(root.read(groups + "/70/cgroup.procs"), "0");
  EXPECT_TRUE(root.files().exists(groups + "/12/cgroup.procs"));
  EXPECT_EQ(root.read(groups + "/memory.high"), "max");
}

TEST(SessionTest, WithoutCgroupsAnError) {
  const fakes::TempRoot root;
  root.write("/sys/fs/cgroup", "no directory");
  EXPECT_FALSE(enter_session_cgroup(root.files(), "70"));
}

TEST(SessionTest, LogsToTheSystemLog) {
  EXPECT_EQ(
      sshd_session_command({"-D", "-e", "-f", "/run/config", "-R"}),
      (std::vector<std::string>{"/usr/lib/ssh/sshd-session", "-D", "-f", "/run/config", "-R"}));
}

TEST(UserCommandsTest, ParsesLines) {
  const auto commands = parse_commands("[\"sh\",\"-c\",\"echo hi\"]\n\n[\"ls\"]\n");
  ASSERT_TRUE(commands);
  EXPECT_EQ(*commands, (std::vector<std::vector<std::string>>{{"sh", "-c", "echo hi"}, {"ls"}}));
  EXPECT_TRUE(parse_commands("").value().empty());
}

TEST(UserCommandsTest, NamesTheLineThatIsWrong) {
  for (const auto* const bad :
       {"[\"a\"]\n[]\n", "[\"a\"]\n{}\n", "[\"a\"]\n[1]\n", "[\"a\"]\nx\n"}) {
    const auto commands = parse_commands(bad);
    ASSERT_FALSE(commands) << bad;
    EXPECT_TRUE(commands.error().message.starts_with("line 2: ")) << commands.error().message;
  }
}

}  // namespace
}  // namespace ros::cli
