#include "manager/rootfs.h"

#include <gtest/gtest.h>

#include "fakes/temp_root.h"

namespace ros::manager {
namespace {

using Options = std::vector<std::string>;

class RootfsTest : public ::testing::Test {
 protected:
  RootfsTest() { root_.write("/images/ntp/config.json", "{}"); }
  Rootfs rootfs(bool read_only) {
    config::ServiceDefinition service;
    service.name = "ntp";
    service.image = "ntp";
    service.read_only = read_only;
    return built_in_rootfs(root_.files(), service, "ntp-1").value();
  }
  fakes::TempRoot root_;
};

TEST_F(RootfsTest, ReadOnlyIsTheImageItself) {
  EXPECT_EQ(rootfs(true).mounts,
            (std::vector<sys::Mount>{{"/images/ntp/rootfs", "", "bind", {"rbind", "ro"}}}));
}

TEST_F(RootfsTest, FilesOfTheUserLieOverTheImage) {
  root_.write("/run/ros/files/ntp/etc/x", "");
  const std::string lower = "lowerdir=/run/ros/files/ntp:/images/ntp/rootfs";
  EXPECT_EQ(rootfs(true).mounts[0].options, (Options{"ro", lower}));
  EXPECT_EQ(rootfs(false).mounts[0].options[0], lower);
}

TEST_F(RootfsTest, AndOverASnapshot) {
  std::vector<sys::Mount> mounts = {
      {"overlay", "", "overlay", {"index=off", "workdir=/w", "upperdir=/u", "lowerdir=/2:/1"}}};
  const auto before = mounts;
  lay_over(files_over_image(root_.files(), "web"), mounts);
  EXPECT_EQ(mounts, before);
  root_.write("/run/ros/files/web/etc/x", "");
  lay_over(files_over_image(root_.files(), "web"), mounts);
  EXPECT_EQ(mounts[0].options.back(), "lowerdir=/run/ros/files/web:/2:/1");
}

}  // namespace
}  // namespace ros::manager
