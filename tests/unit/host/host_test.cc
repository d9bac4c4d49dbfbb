#include "host/host.h"

#include <gtest/gtest.h>

#include "fakes/fake_machine.h"
#include "fakes/fake_mounter.h"
#include "fakes/temp_root.h"
#include "host/kernel_settings.h"

namespace ros::host {
namespace {

class HostTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_.write("/lib/modules/6.12/modules.dep",
                "kernel/net.ko.zst: kernel/lib.ko.zst\nkernel/lib.ko.zst:\nkernel/snd.ko.zst:\n");
    root_.write("/lib/modules/6.12/modules.alias",
                "alias pci:v00001AF4d* net\nalias acpi*:SND:* snd\nalias acpi:SND:* snd\n");
    root_.write("/sys/bus/pci/devices/0000:00:01.0/modalias", "pci:v00001AF4d00001000\n");
    root_.write("/sys/bus/acpi/devices/a/modalias", "acpi:SND:\n");
    root_.write("/sys/bus/acpi/devices/b/modalias", "acpi:NONE:\n");
    root_.directory("/sys/bus/empty/devices/x");
  }
  [[nodiscard]] std::string module(const std::string& name) const {
    return root_.path() + "/lib/modules/6.12/kernel/" + name + ".ko.zst";
  }
  [[nodiscard]] std::vector<std::string> loaded() const {
    std::vector<std::string> files;
    for (const auto& [file, parameters] : machine_.loaded()) files.push_back(file);
    return files;
  }

  fakes::TempRoot root_;
  sys::Files files_ = root_.files();
  fakes::FakeMounter mounter_;
  fakes::FakeMachine machine_;
  Host host_{files_, mounter_, machine_};
};

TEST_F(HostTest, ColdplugLoadsTheModulesOfTheDevicesOnce) {
  ASSERT_TRUE(host_.perform(plan::Coldplug{"6.12"}));
  EXPECT_EQ(loaded(), (std::vector<std::string>{module("snd"), module("lib"), module("net")}));
  ASSERT_TRUE(host_.perform(plan::LoadModules{"6.12", {"net"}}));
  EXPECT_EQ(loaded().size(), 3U);
}

TEST_F(HostTest, ADeviceWhoseModuleFailsIsNoFailureOfTheStep) {
  machine_.broken_modules.insert(module("snd"));
  ASSERT_TRUE(host_.perform(plan::Coldplug{"6.12"}));
  EXPECT_EQ(loaded().size(), 2U);
}

TEST_F(HostTest, NamedModulesTakeParametersAndFailuresAreNamed) {
  const auto result = host_.perform(plan::LoadModules{"6.12", {"none", "net a=1 b=2", ""}});
  EXPECT_EQ(result.error().message, "module 'none': No such file or directory");
  const auto all = machine_.loaded();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0], std::pair(module("lib"), std::string()));
  EXPECT_EQ(all[1], std::pair(module("net"), std::string("a=1 b=2")));
}

TEST_F(HostTest, WithoutModulesOfThisKernelColdplugFails) {
  EXPECT_EQ(host_.perform(plan::Coldplug{"7.0"}).error().message,
            "read '/lib/modules/7.0/modules.dep': No such file or directory");
}

TEST_F(HostTest, SysctlsAreSetOneByOne) {
  root_.write("/proc/sys/net/ipv4/ip_forward", "0");
  root_.write("/proc/sys/net/ipv4/conf/eth0.1/forwarding", "0");
  const auto result = host_.perform(plan::SetSysctls{
      {{"net.ipv4.ip_forward", "1"}, {"net.ipv4.conf.eth0/1.forwarding", "1"}, {"a.b", "1"}}});
  EXPECT_EQ(result.error().message,
            "sysctl 'a.b': write '/proc/sys/a/b' ('1'): No such file or directory");
  EXPECT_EQ(root_.read("/proc/sys/net/ipv4/ip_forward"), "1");
  EXPECT_EQ(root_.read("/proc/sys/net/ipv4/conf/eth0.1/forwarding"), "1");
  EXPECT_FALSE(host_.perform(plan::SetSysctls{{{"net/./etc/passwd", "1"}}}));
}

TEST_F(HostTest, SysctlPatternsComeFirst) {
  for (const std::string card : {"all", "eth0", "eth1"})
    root_.write("/proc/sys/net/ipv4/conf/" + card + "/rp_filter", "0");
  ASSERT_TRUE(host_.perform(plan::SetSysctls{{{"net.ipv4.conf.*.rp_filter", "2"},
                                              {"net.ipv4.conf.eth1.rp_filter", "1"},
                                              {"net.ipv6.conf.*.accept_ra", "0"}}}));
  EXPECT_EQ(root_.read("/proc/sys/net/ipv4/conf/all/rp_filter"), "2");
  EXPECT_EQ(root_.read("/proc/sys/net/ipv4/conf/eth0/rp_filter"), "2");
  EXPECT_EQ(root_.read("/proc/sys/net/ipv4/conf/eth1/rp_filter"), "1");
}

TEST_F(HostTest, TheKernelIsLockedDownOnce) {
  const std::string path = "/sys/kernel/security/lockdown";
  EXPECT_EQ(host_.perform(plan::LockDown{"integrity"}).error().code, ENOENT);
  root_.write(path, "[none] integrity confidentiality\n");
  ASSERT_TRUE(host_.perform(plan::LockDown{"integrity"}));
  EXPECT_TRUE(root_.read(path).starts_with("integrity"));
  for (const std::string present :
       {"none [integrity] confidentiality\n", "none integrity [confidentiality]\n"}) {
    root_.write(path, present);
    ASSERT_TRUE(host_.perform(plan::LockDown{"integrity"}));
    EXPECT_EQ(root_.read(path), present) << "the kernel would refuse";
  }
}

TEST_F(HostTest, CgroupsAreMadeAndSet) {
  root_.write("/sys/fs/cgroup/system/memory.low", "0");
  ASSERT_TRUE(
      host_.perform(plan::SetCgroups{{{"/system", {{"memory.low", "1024"}}}, {"/shims", {}}}}));
  EXPECT_EQ(root_.read("/sys/fs/cgroup/system/memory.low"), "1024");
  EXPECT_TRUE(files_.exists("/sys/fs/cgroup/shims"));
}

TEST_F(HostTest, NamesAndLoopback) {
  ASSERT_TRUE(host_.perform(plan::SetHostname{"box"}));
  ASSERT_TRUE(host_.perform(plan::LoopbackUp{}));
  EXPECT_EQ(machine_.hostname, "box");
  EXPECT_TRUE(machine_.loopback);
}

TEST_F(HostTest, CommandsRunInOrderUntilOneFails) {
  const std::string file = root_.path() + "/out";
  const auto result = host_.perform(plan::RunCommands{{{"/bin/sh", "-c", "echo one >>" + file},
                                                       {"/bin/sh", "-c", "exit 3"},
                                                       {"/bin/sh", "-c", "echo two >>" + file}}});
  EXPECT_EQ(result.error().message, "'/bin/sh -c exit 3': exit status 3");
  EXPECT_EQ(root_.read("/out"), "one\n");
}

TEST_F(HostTest, TheManagersOwnStepsAreRefused) {
  EXPECT_EQ(host_.perform(plan::StartContainerd{}).error().code, EINVAL);
  EXPECT_EQ(host_.perform(plan::ReadConfig{}).error().code, EINVAL);
  EXPECT_EQ(sysctl_path("a.b"), "/proc/sys/a/b");
}

}  // namespace
}  // namespace ros::host
