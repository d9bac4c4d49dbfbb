#include "plan/plan.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "config/load.h"
#include "golden.h"
#include "plan/print.h"
#include "plan/tables.h"

namespace ros::plan {
namespace {

using Names = std::vector<std::string>;

config::Config config_of(const std::string& user, const std::string& cmdline = "") {
  const auto os = tests::read_file(tests::in_tree("configs/os-config.yml"));
  return config::load({{"os-config.yml", os, true}, {"user-data", user}}, cmdline).config;
}

BootPlan plan_of(const std::string& user, const std::string& cmdline = "",
                 const Facts& facts = {}) {
  return build(config_of(user, cmdline), facts);
}

template <class T>
const T& action(const BootPlan& plan, std::string_view step) {
  const auto* const found = plan.step(step);
  EXPECT_NE(found, nullptr) << step;
  return std::get<T>(found->action);
}

void expect_golden_plan(const std::string& name, const std::string& user,
                        const std::string& cmdline, const Facts& facts) {
  const auto os = tests::read_file(tests::in_tree("configs/os-config.yml"));
  const auto loaded = config::load({{"os-config.yml", os, true}, {"user-data", user}}, cmdline);
  std::string text;
  for (const auto& complaint : loaded.complaints) text += complaint.describe() + "\n";
  text += to_text(build(loaded.config, facts));
  tests::expect_golden(tests::in_tree("tests/golden/plan/" + name + ".txt"), text);
}

TEST(GoldenPlan, NoUserConfig) {
  expect_golden_plan("none", "", "", {"6.12.117"});
}

TEST(GoldenPlan, StateDisk) {
  expect_golden_plan(
      "state_disk", R"(#cloud-config
hostname: box
ssh_authorized_keys: [ssh-ed25519 AAAA a]
write_files:
- {path: /opt/x, content: x}
- {path: /etc/motd, content: hello}
- {path: /etc/docker/daemon.json, content: "{}", container: docker}
- {path: /etc/hosts, content: "127.0.0.1 localhost"}
runcmd: [echo hi]
bootcmd: [echo early]
rancher:
  modules: [btrfs]
  network: {dns: {nameservers: [1.1.1.1], search: [lan]}}
)",
      "rancher.state.dev=LABEL=RANCHER_STATE rancher.state.wait rancher.autologin=ttyS0 "
      "rancher.password=secret",
      {"6.12.117"});
}

TEST(GoldenPlan, BrokenService) {
  expect_golden_plan("broken_service", R"(#cloud-config
rancher:
  services:
    broken: {command: [x], restrt: always}
    odd: {image: odd, volumes: 5, labels: {io.rancher.os.after: "docker, nothing"}}
)",
                     "", {"6.12.117"});
}

TEST(GoldenPlan, Cycle) {
  expect_golden_plan("cycle", R"(#cloud-config
rancher:
  services:
    a: {image: x, labels: {io.rancher.os.after: b}}
    b: {image: x, links: [a, console]}
    c: {image: x, labels: {io.rancher.os.after: b}}
)",
                     "", {"6.12.117", true});
}

TEST(Plan, EveryStepStandsBehindThoseItWaitsFor) {
  const auto plan = plan_of(
      "runcmd: [a]\nbootcmd: [b]\nssh_authorized_keys: [ssh-ed25519 k]\nwrite_files: [{path: /x}]\n"
      "rancher: {modules: [m]}\n",
      "rancher.autologin=tty1");
  Names seen;
  for (const auto& step : plan.steps) {
    for (const auto& earlier : step.after)
      EXPECT_TRUE(std::ranges::count(seen, earlier)) << step.name;
    EXPECT_FALSE(std::ranges::count(seen, step.name)) << step.name;
    EXPECT_FALSE(describe(step.action).empty());
    seen.push_back(step.name);
  }
  for (const auto& name : plan.services_after) EXPECT_TRUE(std::ranges::count(seen, name)) << name;
}

// What runs before the user's files are read must not depend on them.
TEST(Plan, StepsBeforeTheConfigDoNotChangeWithIt) {
  const auto describe_early = [](const BootPlan& plan) {
    Names early;
    for (const auto& step : plan.steps) {
      if (step.name == "config") break;
      early.push_back(step.name + ": " + describe(step.action));
    }
    return early;
  };
  const std::string user =
      "hostname: x\nwrite_files: [{path: /x}]\nbootcmd: [a]\nrancher: {modules: [m], sysctl: {a: "
      "1}}\n";
  EXPECT_EQ(describe_early(plan_of("")), describe_early(plan_of(user)));
}

TEST(Plan, ADiscIsReadBeforeTheState) {
  for (const bool present : {false, true}) {
    const auto plan = plan_of("", "", {.kernel_release = "6", .state_present = present});
    EXPECT_EQ(action<ReadConfig>(plan, "disc").files, Names{});
    EXPECT_TRUE(std::ranges::count(plan.step("state")->after, "disc"));
    EXPECT_TRUE(std::ranges::count(plan.step("config")->after, "disc"));
    EXPECT_EQ(plan.step("disc")->after.empty(), present) << "it needs no driver then";
    EXPECT_EQ(plan.step("settle") == nullptr, present);
  }
}

TEST(Plan, WhichDiscsAreRead) {
  const auto discs = [](const std::string& words, bool present, const std::string& step) {
    return action<ReadConfig>(plan_of("", words, {.state_present = present}), step).discs;
  };
  EXPECT_EQ(discs("", false, "disc"), Discs::kStickAlone);
  EXPECT_EQ(discs("", true, "disc"), Discs::kNoStick) << "the state may hold a configuration";
  EXPECT_EQ(discs("", true, "config"), Discs::kStickAlone);
  EXPECT_TRUE(action<ReadConfig>(plan_of("", "", {.state_present = true}), "config").wait);
  EXPECT_FALSE(action<ReadConfig>(plan_of(""), "config").wait) << "step settle has waited";
  const std::string asked = "rancher.cloud_init.datasources=[nocloud]";
  EXPECT_EQ(discs(asked, true, "disc"), Discs::kAll);
  const std::string none = "rancher.cloud_init.datasources=[]";
  EXPECT_EQ(plan_of("", none).step("disc"), nullptr);
  EXPECT_EQ(discs(none, true, "config"), Discs::kNone);
}

TEST(Plan, KeysOfBothLoginsAndSettingsOfSshd) {
  const auto plan = plan_of("ssh_authorized_keys: [ssh-ed25519 k]\n");
  for (const std::string user : {"docker", "rancher"}) {
    const auto& keys = action<WriteLines>(plan, "keys-of-" + user);
    EXPECT_EQ(keys.path, "/run/ros/authorized_keys/" + user);
    EXPECT_EQ(keys.lines, Names{"ssh-ed25519 k"});
  }
  EXPECT_EQ(action<WriteLines>(plan, "sshd").lines, Names{"Port 22"});
  EXPECT_EQ(plan.step("host-key"), nullptr);
}

TEST(Plan, SshdFollowsItsKeys) {
  const auto plan = plan_of(R"(rancher:
  ssh:
    port: 2222
    listen_address: 10.0.0.1 ::1
    keys: {ed25519: private, rsa-pub: public}
)");
  EXPECT_EQ(action<WriteLines>(plan, "sshd").lines,
            (Names{"Port 2222", "ListenAddress 10.0.0.1", "ListenAddress ::1"}));
  const auto& files = action<WriteFiles>(plan, "host-key").files;
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].content, "private\n");
  EXPECT_EQ(files[0].path, "/run/ros/sshd/ssh_host_ed25519_key");
  EXPECT_EQ(files[0].permissions, 0600U);
  EXPECT_EQ(files[1].path, "/run/ros/sshd/ssh_host_rsa_key.pub");
  EXPECT_TRUE(action<WriteLines>(plan_of("rancher: {ssh: {daemon: false}}"), "sshd").lines.empty());
}

TEST(Plan, ASmallMachineKeepsLessMemoryFree) {
  const auto sysctls = [](std::uint64_t memory_kib, const std::string& user = "") {
    return action<SetSysctls>(plan_of(user, "", {.memory_kib = memory_kib}), "sysctl").values;
  };
  EXPECT_EQ(sysctls(1 << 20).at("vm.min_free_kbytes"), "8192");
  EXPECT_EQ(sysctls(1 << 20, "rancher: {sysctl: {vm.min_free_kbytes: 5}}").at("vm.min_free_kbytes"),
            "5");
  EXPECT_FALSE(sysctls(8 << 20).contains("vm.min_free_kbytes")) << "the kernel's own choice";
}

TEST(Plan, ContainersLeaveThreadsForTheOwner) {
  const auto of_users = [](std::uint64_t threads) {
    const auto groups =
        action<SetCgroups>(plan_of("", "", {.threads = threads}), "cgroups").cgroups;
    return std::ranges::find(groups, "/user", &Cgroup::path)->settings.at("pids.max");
  };
  EXPECT_EQ(of_users(7800), "5850");
  EXPECT_EQ(of_users(0), "max") << "unknown";
}

TEST(Plan, StateDevice) {
  const auto named =
      plan_of("", "rancher.state.dev=UUID=x rancher.state.wait rancher.state.fstype=ext4");
  EXPECT_EQ(action<WaitDevice>(named, "state-device").device, "UUID=x");
  EXPECT_EQ(action<WaitDevice>(named, "state-device").limit.count(), 60);
  EXPECT_FALSE(action<WaitDevice>(named, "state-device").grace);
  EXPECT_EQ(action<MountState>(named, "state").fstype, "ext4");

  const auto scan = plan_of("");
  EXPECT_EQ(action<WaitDevice>(scan, "settle").device, "LABEL=RANCHER_STATE");
  EXPECT_TRUE(action<WaitDevice>(scan, "settle").grace);
  EXPECT_EQ(scan.step("state-device"), nullptr);
  EXPECT_FALSE(action<MountState>(scan, "state").required);
  for (const char* const more : {"autoformat=/dev/vda", "script=true", "dev=/dev/vda"})
    EXPECT_NE(plan_of("", std::string("rancher.state.") + more).step("state-device"), nullptr)
        << more;

  const auto required = plan_of("", "rancher.state.required");
  EXPECT_NE(required.step("state-device"), nullptr);
  EXPECT_TRUE(action<MountState>(required, "state").required);

  const Facts present{"", true};
  EXPECT_EQ(plan_of("", "rancher.state.wait", present).step("state-device"), nullptr);
  EXPECT_EQ(action<MountState>(plan_of("", "", present), "state").device, "LABEL=RANCHER_STATE");
}

TEST(Plan, AStateIsMadeWhereItIsFoundByItsLabel) {
  const std::string ask = "rancher.state.autoformat=/dev/vda ";
  const auto usual = action<Autoformat>(plan_of("", ask), "autoformat");
  EXPECT_EQ(usual.label, "RANCHER_STATE");
  EXPECT_GT(usual.quiet.count(), 0);
  EXPECT_EQ(action<Autoformat>(plan_of("", ask + "rancher.state.dev=LABEL=B2D_STATE"), "autoformat")
                .label,
            "B2D_STATE");
  EXPECT_EQ(action<Autoformat>(plan_of("", ask + "rancher.state.wait"), "autoformat").quiet.count(),
            0)
      << "the owner expects a state: it has the whole limit";
  for (const char* const there : {"UUID=x", "PARTUUID=x", "/dev/vdb"})
    EXPECT_EQ(plan_of("", ask + "rancher.state.dev=" + there).step("autoformat"), nullptr) << there;
}

TEST(Plan, HostNameFallsBack) {
  EXPECT_EQ(action<SetHostname>(plan_of(""), "hostname").name, "rancher");
  const Facts named{.dhcp_hostname = "sparrow"};
  EXPECT_EQ(action<SetHostname>(plan_of("", "", named), "hostname").name, "sparrow");
  EXPECT_EQ(action<SetHostname>(plan_of("hostname: b\n", "", named), "hostname").name, "b");
  EXPECT_EQ(action<WriteEtc>(plan_of("hostname: b\n"), "etc").hostname, "b");
}

TEST(Plan, SecretsAreNotPrinted) {
  const auto plan = plan_of("", "rancher.password=secret");
  EXPECT_EQ(action<WriteEtc>(plan, "etc").password, "secret");
  EXPECT_EQ(to_text(plan).find("secret"), std::string::npos);
  EXPECT_EQ(to_json(plan).find("secret"), std::string::npos);
}

TEST(Plan, FilesGoToTheHostOrToAService) {
  EXPECT_EQ(host_path("/opt/a"), "/opt/a");
  EXPECT_EQ(host_path("/var/lib/rancher/conf/x"), "/var/lib/rancher/conf/x");
  EXPECT_EQ(host_path("/etc/hosts"), "/run/etc/hosts");
  EXPECT_EQ(host_path("/etc/shadow"), "/run/login/shadow");
  EXPECT_EQ(host_path("/run/x"), "/run/x");
  for (const auto* const own :
       {"/etc/motd", "/etc/hosts/x", "/optional/x", "/opt", "/opt/../etc/x", "/opt/.."})
    EXPECT_EQ(host_path(own), "") << own;
}

TEST(Plan, RuncmdIsHandedToTheConsole) {
  const auto plan = plan_of("runcmd: [\"echo \\\"x\\\"\", [touch, /a b]]\n");
  EXPECT_EQ(action<WriteLines>(plan, "runcmd").lines,
            (Names{R"(["sh","-c","echo \"x\""])", R"(["touch","/a b"])"}));
}

TEST(Plan, ConsoleAndDockerShareTheUserPaths) {
  const auto config = config_of("");
  for (const auto* const name : {"console", "docker"}) {
    for (const auto& path : user_paths()) {
      if (path.path == "/var/lib/system-containerd") continue;
      const config::Volume expected{path.path, path.path, false, "rshared"};
      EXPECT_TRUE(std::ranges::count(config.service(name)->volumes, expected)) << name << path.path;
    }
  }
}

TEST(Plan, Json) {
  const auto json = nlohmann::json::parse(to_json(plan_of("hostname: \"\\xff\"\n")));
  EXPECT_EQ(json["steps"][0]["name"], "cgroups");
  EXPECT_EQ(json["services"][0]["name"], "console");
  EXPECT_EQ(json["services"][0]["ready"], "notify");
  EXPECT_EQ(json["services_after"].size(), plan_of("").services_after.size());
}

TEST(Plan, NothingAtAll) {
  const auto plan = build({}, {});
  EXPECT_TRUE(plan.services.empty());
  EXPECT_EQ(plan.step("sysctl"), nullptr);
  EXPECT_NE(plan.step("containerd"), nullptr);
  EXPECT_FALSE(to_text(plan).empty());
}

}  // namespace
}  // namespace ros::plan
