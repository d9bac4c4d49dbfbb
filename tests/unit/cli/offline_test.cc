#include "cli/offline.h"

#include <gtest/gtest.h>

#include "fakes/temp_root.h"

namespace ros::cli {
namespace {

class VersionTest : public ::testing::Test {
 protected:
  // Status, and what was printed on standard output and standard error.
  int show(bool sbom) {
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    const int status = show_version(sbom, root_.files());
    output_ = ::testing::internal::GetCapturedStdout();
    errors_ = ::testing::internal::GetCapturedStderr();
    return status;
  }

  fakes::TempRoot root_;
  std::string output_;
  std::string errors_;
};

TEST_F(VersionTest, PrintsTheVersion) {
  EXPECT_EQ(show(false), 0);
  EXPECT_EQ(output_, ROS_VERSION "\n");
}

TEST_F(VersionTest, PrintsTheBillOfMaterials) {
  root_.write(kBillOfMaterials, "{\"spdxVersion\": \"SPDX-2.3\"}\n");
  EXPECT_EQ(show(true), 0);
  EXPECT_EQ(output_, "{\"spdxVersion\": \"SPDX-2.3\"}\n");
}

TEST_F(VersionTest, SaysThatThereIsNone) {
  EXPECT_EQ(show(true), 1);
  EXPECT_EQ(output_, "");
  EXPECT_NE(errors_.find("'/usr/share/ros/roster.spdx.json'"), std::string::npos) << errors_;
}

}  // namespace
}  // namespace ros::cli
