#include "manager/preparation.h"

#include <gtest/gtest.h>

#include "fakes/temp_root.h"

namespace ros::manager {
namespace {

class SeccompProfileTest : public ::testing::Test {
 protected:
  SeccompProfileTest() {
    root_.write("/images/ntp/seccomp.json", "of ntp");
    root_.write("/usr/share/ros/seccomp.json", "of Docker");
    service_.name = "clock";
    service_.image = "ntp";
  }
  std::string profile(const Rootfs& rootfs) {
    return prepare(root_.files(), service_, rootfs, "clock.1").value().seccomp_profile;
  }
  fakes::TempRoot root_;
  config::ServiceDefinition service_;
};

TEST_F(SeccompProfileTest, OfABuiltInImageWhateverTheServiceIsCalled) {
  EXPECT_EQ(profile({}), "of ntp");
  service_.image = "builtin";
  EXPECT_EQ(profile({}), "of Docker");
}

TEST_F(SeccompProfileTest, OfDockerForAPulledImage) {
  Rootfs pulled;
  pulled.snapshot_key = "sha256:1";
  EXPECT_EQ(profile(pulled), "of Docker");
}

TEST_F(SeccompProfileTest, NoneForWhoIsUnconfined) {
  service_.security.seccomp = false;
  EXPECT_EQ(profile({}), "");
}

}  // namespace
}  // namespace ros::manager
