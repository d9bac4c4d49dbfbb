#include "netconf/child.h"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "fakes/temp_root.h"

namespace ros::netconf {
namespace {

TEST(Child, RunsWithItsTextUntilItIsReaped) {
  const fakes::TempRoot root;
  const sys::Files files;
  const std::string path = root.path() + "/script";
  Child child(files, path, {"/bin/sh", path});
  ASSERT_TRUE(child.start("exit 3"));
  EXPECT_TRUE(child.running());
  int status = 0;
  const pid_t pid = waitpid(-1, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 3);
  EXPECT_FALSE(child.ended(pid + 1)) << "of somebody else";
  EXPECT_TRUE(child.ended(pid));
  EXPECT_FALSE(child.running());
  EXPECT_FALSE(child.ended(0));
}

}  // namespace
}  // namespace ros::netconf
