#include "host/layers.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "fakes/fake_mounter.h"
#include "fakes/temp_root.h"
#include "plan/tables.h"
#include "sys/block.h"
#include "sys/superblock.h"

namespace ros::host {
namespace {

class LayersTest : public ::testing::Test {
 protected:
  void add(const std::string& name, const std::string& head) {
    root_.write("/dev/" + name, head);
    root_.write("/sys/class/block/" + name + "/size", "8\n");
    root_.write("/sys/class/block/" + name + "/uevent", "DEVTYPE=disk\n");
    root_.write("/sys/class/block/" + name + "/removable", "1\n");
  }
  void add_disc(const std::string& label, const std::string& device = "sr0") {
    std::string head(sys::kSuperblockHead, '\0');
    head.replace(32768, 6,
                 "\x01"
                 "CD001");
    head.replace(32768 + 40, label.size(), label);
    add(device, head);
  }
  void add_stick(const std::string& user_data) {
    add_disc("cidata", "sda");
    root_.write(kDisc + "/user-data", user_data);
    root_.directory(plan::kConfigDirectory);
  }
  // As the plan has it, of the files where they really lie.
  Layers read_all(plan::Discs discs = plan::Discs::kStickAlone,
                  std::vector<config::Layer> disc = {}) {
    return read_layers({{std::string(plan::kConfigDirectory), std::string(plan::kConfigFile)},
                        disc.empty() ? "cidata" : "",
                        discs},
                       std::move(disc), root_.files(), mounter_);
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
  const std::string kDisc = "/run/ros/nocloud";
  const std::string kKept = std::string(plan::kConfigDirectory) + "/cidata-user-data.yml";
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

TEST_F(LayersTest, OnAMachineWithoutConfigurationAStickCountsAndIsKept) {
  add_stick("hostname: box\n");
  const auto layers = read_all();
  EXPECT_TRUE(layers.problem);
  ASSERT_EQ(names(layers), std::vector<std::string>{"cidata/user-data"});
  EXPECT_EQ(layers.layers[0].medium, config::Medium::kStick);
  EXPECT_EQ(root_.read(kKept), "hostname: box\n");
  EXPECT_EQ(root_.mode(kKept), 0600U);
}

TEST_F(LayersTest, AStickThatWasReadBeforeTheStateIsKept) {
  root_.directory(plan::kConfigDirectory);
  EXPECT_EQ(names(read_all(plan::Discs::kStickAlone, {{.name = "cidata/user-data",
                                                       .text = "hostname: box\n",
                                                       .medium = config::Medium::kStick}})),
            std::vector<std::string>{"cidata/user-data"});
  EXPECT_EQ(root_.read(kKept), "hostname: box\n");
}

TEST_F(LayersTest, OnAConfiguredMachineAStickIsLeftAlone) {
  add_stick("hostname: wicked\n");
  root_.write(plan::kConfigFile, "hostname: box\n");
  EXPECT_EQ(names(read_all()), std::vector<std::string>{std::string(plan::kConfigFile)});
  EXPECT_TRUE(mounter_.mounts.empty());
  root_.write(plan::kConfigFile, "rancher: {cloud_init: {datasources: [nocloud]}}");
  EXPECT_EQ(names(read_all()).front(), "cidata/user-data") << "asked for";
  EXPECT_EQ(root_.read(kKept), "") << "it is read at each boot";
}

TEST_F(LayersTest, AStickThatWasAskedForIsReadAtEachBootAndNotKept) {
  add_stick("hostname: box\n");
  EXPECT_EQ(names(read_all(plan::Discs::kAll)), std::vector<std::string>{"cidata/user-data"});
  EXPECT_EQ(root_.read(kKept), "");
}

TEST_F(LayersTest, BeforeTheStateIsKnownAStickWaits) {
  add_stick("hostname: box\n");
  EXPECT_TRUE(read_layers({{}, "cidata", plan::Discs::kNoStick}, {}, root_.files(), mounter_)
                  .layers.empty());
  EXPECT_TRUE(mounter_.mounts.empty());
}

TEST_F(LayersTest, TheMachinesOwnDiscComesBeforeAStickAndIsNotKept) {
  add_stick("hostname: box\n");
  add_disc("cidata", "sr0");
  EXPECT_EQ(names(read_all()), std::vector<std::string>{"cidata/user-data"});
  EXPECT_EQ(mounter_.mounts.at(0).source, "/dev/sr0");
  EXPECT_EQ(root_.read(kKept), "");
}

TEST_F(LayersTest, AMediumThatTheSystemWasStartedFromIsNoStick) {
  add_stick("hostname: box\n");
  root_.write(sys::kBootDevice, "/dev/sda\n");
  ASSERT_EQ(names(read_all()), std::vector<std::string>{"cidata/user-data"});
  EXPECT_EQ(root_.read(kKept), "");
}

TEST_F(LayersTest, NoDiscWhenTheOwnersFilesWantNone) {
  add_disc("cidata");
  root_.write(kDisc + "/user-data", "hostname: disc\n");
  root_.write(plan::kConfigFile, "rancher: {cloud_init: {datasources: []}}");
  const std::vector<std::string> own = {std::string(plan::kConfigFile)};
  EXPECT_EQ(names(read_all()), own);
  EXPECT_EQ(names(read_all(plan::Discs::kStickAlone, {{.name = "cidata/user-data",
                                                       .text = "hostname: disc\n",
                                                       .medium = config::Medium::kDisc}})),
            own)
      << "it was read before the state was there";
}

TEST_F(LayersTest, OnlyFileSystemsOfNoCloud) {
  std::string ext4(sys::kSuperblockHead, '\0');
  ext4.replace(1024 + 56, 2, "\x53\xef");
  ext4.replace(1024 + 120, 6, "cidata");
  add("vda", ext4);
  root_.write(kDisc + "/user-data", "hostname: box\n");
  EXPECT_TRUE(read_all().layers.empty());
  EXPECT_TRUE(mounter_.mounts.empty());
}

TEST_F(LayersTest, OnADiscOnlyRegularFilesOfAnAllowedSizeAreRead) {
  add_disc("cidata");
  root_.directory(kDisc);
  const auto real = root_.files().real(kDisc + "/user-data");
  const auto problem_with = [&] {
    const auto problem = read_all().problem;
    EXPECT_TRUE(sys::Files().remove(real));
    return problem ? "" : problem.error().message;
  };
  const std::string start = "'/dev/sr0' (cidata): read 'user-data'";
  ASSERT_EQ(mkfifo(real.c_str(), 0600), 0);
  EXPECT_EQ(problem_with(), start + ": Invalid argument") << "and nobody waits for a writer";
  root_.write(kDisc + "/user-data", std::string(sys::kReadLimit + 1, ' '));
  EXPECT_EQ(problem_with(), start + " (limit 4194304 bytes): File too large");
  root_.write("/etc/shadow", "hostname: secret\n");
  for (const auto* const target : {"/etc/shadow", "../../../etc/shadow"}) {
    ASSERT_TRUE(root_.files().symlink(target, kDisc + "/user-data"));
    EXPECT_TRUE(read_all().layers.empty()) << target;
  }
}

}  // namespace
}  // namespace ros::host
