#include "plan/profile.h"

#include <gtest/gtest.h>

namespace ros::plan {
namespace {

TEST(Profile, ProxiesAndPathOnly) {
  EXPECT_EQ(profile_script({"http_proxy=http://p:3128", "NO_PROXY=localhost,.lan", "TOKEN=secret",
                            "PATH=/opt/x/bin"}),
            "export http_proxy='http://p:3128'\nexport NO_PROXY='localhost,.lan'\n"
            "export PATH=$PATH:'/opt/x/bin'\n");
  EXPECT_EQ(profile_script({"TOKEN=secret", "http_proxy_user=x"}), "");
}

TEST(Profile, SearchPathOfSsh) {
  EXPECT_TRUE(ssh_search_path({"PATH=/opt/x/bin"}).ends_with(":/opt/rancher/bin:/opt/x/bin"));
  EXPECT_EQ(ssh_search_path({"TOKEN=secret"}), "");
  EXPECT_EQ(ssh_search_path({"PATH=/opt/x\nPermitRootLogin yes"}), "");
}

TEST(Profile, ValuesAreNoCommands) {
  EXPECT_EQ(profile_script({"https_proxy=$(reboot)'; reboot"}),
            "export https_proxy='$(reboot)'\\''; reboot'\n");
}

}  // namespace
}  // namespace ros::plan
