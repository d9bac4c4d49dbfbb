#include "host/layers.h"

#include <gtest/gtest.h>

#include "fakes/fake_mounter.h"
#include "fakes/temp_root.h"
#include "sys/superblock.h"

namespace ros::host {
namespace {

class LayersTest : public ::testing::Test {
 protected:
  void add_disc(const std::string& label) {
    std::string head(sys::kSuperblockHead, '\0');
    head.replace(32768, 6,
                 "\x01"
                 "CD001");
    head.replace(32768 + 40, label.size(), label);
    root_.write("/dev/sr0", head);
    root_.write("/sys/class/block/sr0/size", "8\n");
    root_.write("/sys/class/block/sr0/uevent", "DEVTYPE=disk\n");
  }
  Layers read(const std::string& label = "cidata", std::vector<config::Layer> disc = {}) {
    return read_layers({{"/conf/d", "/conf/file.yml"}, label}, std::move(disc), root_.files(),
                       mounter_);
  }
  static std::vector<std::string> names(const Layers& layers) {
    std::vector<std::string> result;
    for (const auto& layer : layers.layers) result.push_back(layer.name);
    return result;
  }
  fakes::TempRoot root_;
  fakes::FakeMounter mounter_;
};

TEST_F(LayersTest, NothingIsNoProblem) {
  const auto layers = read();
  EXPECT_TRUE(layers.layers.empty());
  EXPECT_TRUE(layers.problem);
  EXPECT_TRUE(mounter_.mounts.empty());
}

TEST_F(LayersTest, FilesInOrderWithoutHiddenOnes) {
  root_.write("/conf/d/b.yml", "b");
  root_.write("/conf/d/a.yml", "a");
  root_.write("/conf/d/.hidden", "x");
  root_.write("/conf/file.yml", "f");
  EXPECT_EQ(names(read()),
            (std::vector<std::string>{"/conf/d/a.yml", "/conf/d/b.yml", "/conf/file.yml"}));
}

TEST_F(LayersTest, TheDiscIsReadFirstAndLetGo) {
  add_disc("CIDATA");
  root_.write("/run/ros/nocloud/user-data", "#cloud-config\n");
  root_.write("/run/ros/nocloud/meta-data", "instance-id: i-1\nlocal-hostname: box\n");
  root_.write("/conf/file.yml", "f");
  const auto layers = read();
  EXPECT_EQ(names(layers),
            (std::vector<std::string>{"cidata/meta-data", "cidata/user-data", "/conf/file.yml"}));
  EXPECT_EQ(layers.layers[0].text, "hostname: box\n");
  ASSERT_EQ(mounter_.mounts.size(), 1U);
  EXPECT_EQ(
      mounter_.mounts[0],
      (sys::Mount{"/dev/sr0", "/run/ros/nocloud", "iso9660", {"ro", "nosuid", "nodev", "noexec"}}));
  // First what an earlier manager may have left.
  EXPECT_EQ(mounter_.unmounted, std::vector<std::string>(2, "/run/ros/nocloud"));
}

TEST_F(LayersTest, IncludedServicesOfTheDiscAndTheCommandLine) {
  const std::string services = "/var/lib/rancher/conf/";
  root_.write(services + "a.yml", "a: {image: x}\n");
  root_.write(services + "b.yml", "b: {image: x}\n");
  root_.write("/proc/cmdline", "rancher.services_include./var/lib/rancher/conf/b.yml=true");
  root_.write("/conf/file.yml", "f");
  // Read before: at a reload it is no longer looked for.
  const auto layers = read(
      "",
      {{"cidata/user-data", "rancher: {services_include: {/var/lib/rancher/conf/a.yml: true}}"}});
  EXPECT_EQ(names(layers), (std::vector<std::string>{services + "a.yml", services + "b.yml",
                                                     "cidata/user-data", "/conf/file.yml"}));
  EXPECT_TRUE(layers.problem);
}

TEST_F(LayersTest, TheDiscAlone) {
  add_disc("cidata");
  root_.write("/run/ros/nocloud/user-data",
              "rancher: {services_include: {/var/lib/rancher/conf/a.yml: true}}");
  root_.write("/conf/file.yml", "f");
  const auto layers = read_layers({{}, "cidata"}, {}, root_.files(), mounter_);
  EXPECT_EQ(names(layers), std::vector<std::string>{"cidata/user-data"});
  EXPECT_TRUE(layers.problem) << "the state is not there yet, and its files are not looked for";
}

TEST_F(LayersTest, ADiscThatCantBeMountedIsAProblemAndTheFilesAreReadAllTheSame) {
  add_disc("cidata");
  mounter_.fail_with["/run/ros/nocloud"] = EIO;
  root_.write("/conf/file.yml", "f");
  const auto layers = read();
  EXPECT_EQ(layers.problem.error().message,
            "mount '/dev/sr0' on '/run/ros/nocloud' (iso9660): Input/output error");
  EXPECT_EQ(layers.layers.size(), 1U);
}

}  // namespace
}  // namespace ros::host
