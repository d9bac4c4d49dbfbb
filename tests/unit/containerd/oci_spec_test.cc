#include "containerd/oci_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "golden.h"

namespace ros::containerd {
namespace {

using config::ServiceDefinition;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using Json = nlohmann::json;

Result<sys::DeviceNode> fake_device(const std::string& path) {
  if (path == "/dev/net/tun") return sys::DeviceNode{false, 10, 200, 0666, 0, 0};
  if (path == "/dev/vda") return sys::DeviceNode{true, 254, 0, 0660, 0, 6};
  if (path == "/dev/ttyS0") return sys::DeviceNode{false, 4, 64, 0660, 0, 5};
  return fail_errno("device '" + path + "'", ENOENT);
}

constexpr const char* kPasswd = "root:x:0:0::/root:/bin/sh\nntp:x:38:40::/:/bin/false\n";
constexpr const char* kProfile =
    R"({"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [
        {"names": ["read"], "action": "SCMP_ACT_ALLOW"},
        {"names": ["settimeofday"], "action": "SCMP_ACT_ALLOW", "caps": ["CAP_SYS_TIME"]},
        {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38,
         "not_caps": ["CAP_SYS_ADMIN"]}]})";
constexpr const char* kGroup = "root:x:0:\nntp:x:40:\nclock:x:41:someone,ntp\ndocker:x:42:\n";

Result<std::string> spec_of(const ServiceDefinition& service, const ImageConfig& image = {},
                            const std::string& notify = "") {
  return build_spec({.service = service,
                     .image = image,
                     .id = service.name + ".1",
                     .cgroup_path = "/system/" + service.name,
                     .notify_socket_dir = notify,
                     .passwd = kPasswd,
                     .group = kGroup,
                     .seccomp_profile = kProfile,
                     .device = fake_device});
}

ServiceDefinition minimal() {
  ServiceDefinition service;
  service.name = "web";
  service.command = {"/bin/httpd", "-f"};
  return service;
}

Json json_of(const ServiceDefinition& service, const ImageConfig& image = {}) {
  const auto spec = spec_of(service, image);
  EXPECT_TRUE(spec) << (spec ? "" : spec.error().message);
  return spec ? Json::parse(*spec) : Json();
}

// The runtime makes each of these read-only.
bool may_write(const Json& spec, const std::string& path) {
  for (const auto& entry : spec["linux"]["readonlyPaths"]) {
    const auto parent = entry.get<std::string>();
    if (path == parent || path.starts_with(parent + "/")) return false;
  }
  return true;
}

TEST(OciSpec, OnlyInterfaceSettingsOpenUpWithTheLabel) {
  auto service = minimal();
  EXPECT_FALSE(may_write(json_of(service), "/proc/sys/net/ipv6/conf/eth0/accept_ra"));
  service.labels[kNetSysctlLabel] = "true";
  const auto spec = json_of(service);
  EXPECT_TRUE(may_write(spec, "/proc/sys/net/ipv6/conf/eth0/accept_ra"));
  EXPECT_FALSE(may_write(spec, "/proc/sys/kernel/core_pattern"));
  EXPECT_FALSE(may_write(spec, "/proc/sys/net/core/bpf_jit_enable"));
  EXPECT_FALSE(may_write(spec, "/proc/sysrq-trigger"));
  EXPECT_EQ(spec["linux"]["maskedPaths"], json_of(minimal())["linux"]["maskedPaths"]);
}

std::string error_of(const ServiceDefinition& service) {
  const auto spec = spec_of(service);
  return spec ? "no error" : spec.error().message;
}

Json mount_at(const Json& spec, const std::string& target) {
  for (const auto& mount : spec["mounts"])
    if (mount["destination"] == target) return mount;
  return {};
}

// Compares with tests/golden/oci/NAME.json.
void expect_golden(const std::string& name, const Result<std::string>& spec) {
  ASSERT_TRUE(spec) << spec.error().message;
  tests::expect_golden(tests::in_tree("tests/golden/oci/" + name + ".json"),
                       Json::parse(*spec).dump(2) + "\n");
}

TEST(OciSpecGolden, AServiceWithoutWishes) {
  const ImageConfig image{.entrypoint = {"/bin/httpd"},
                          .command = {"-f"},
                          .environment = {"LANG=C"},
                          .working_dir = "/srv",
                          .user = "38:40"};
  ServiceDefinition service;
  service.name = "web";
  expect_golden("default", spec_of(service, image));
}

TEST(OciSpecGolden, APrivilegedServiceOnTheHost) {
  ServiceDefinition service = minimal();
  service.name = "docker";
  service.privileged = true;
  service.host_pid = service.host_ipc = service.host_uts = service.host_cgroup = true;
  service.volumes = {{"/dev", "/dev", false, "rslave"},
                     {"/var/lib/docker", "/var/lib/docker", false, "rshared"},
                     {"/run", "/run", false, "rshared"},
                     {"/lib/modules", "/lib/modules", true}};
  service.cpu_shares = 4096;
  service.oom_score_adj = -500;
  service.nofile = 1048576;
  expect_golden("privileged", spec_of(service));
}

TEST(OciSpecGolden, AServiceWithEveryLimit) {
  ServiceDefinition service = minimal();
  service.name = "console";
  service.hostname = "box";
  service.host_network = false;
  service.read_only = true;
  service.user = "ntp";
  service.tty = true;
  service.tty_device = "/dev/ttyS0";
  service.cap_drop = {"ALL"};
  service.cap_add = {"net_admin", "CAP_SYS_TIME"};
  service.devices = {"/dev/net/tun", "/dev/vda:/dev/disk:r"};
  service.tmpfs = {"/run/x", "/tmp/"};
  service.volumes = {{"/data/a/b", "/data/a/b"}, {"/data", "/data"}};
  service.environment = {"LANG=de", "PATH=/bin"};
  service.memory_limit = 64U << 20U;
  service.memory_min = 16U << 20U;
  service.cpu_shares = 512;
  service.pids_limit = 32;
  service.security.new_privileges = true;
  expect_golden("limits", spec_of(service, {}, "/run/ros/notify/console.1"));
}

std::vector<std::string> allowed(const ServiceDefinition& service) {
  std::vector<std::string> names;
  for (const auto& entry : json_of(service)["linux"]["seccomp"]["syscalls"])
    names.push_back(entry["names"][0]);
  return names;
}

TEST(OciSpec, SystemCallsAreAllowedByCapabilities) {
  auto service = minimal();
  EXPECT_THAT(allowed(service), ElementsAre("read", "clone3"));
  service.cap_add = {"SYS_TIME", "SYS_ADMIN"};
  EXPECT_THAT(allowed(service), ElementsAre("read", "settimeofday"));
  EXPECT_EQ(json_of(service)["linux"]["seccomp"].dump().find("caps"), std::string::npos);

  service.security.seccomp = false;
  EXPECT_FALSE(json_of(service)["linux"].contains("seccomp"));
  service = minimal();
  service.privileged = true;
  EXPECT_FALSE(json_of(service)["linux"].contains("seccomp"));
}

TEST(OciSpec, WithoutItsProfileAServiceIsNotMade) {
  const auto service = minimal();
  const auto spec =
      build_spec({.service = service, .image = {}, .id = "web.1", .cgroup_path = "/system/web"});
  ASSERT_FALSE(spec);
  EXPECT_THAT(spec.error().message, HasSubstr("specification of 'web.1': seccomp profile: "));
}

TEST(OciSpec, ProcessesAreLimited) {
  const auto limit = [](const ServiceDefinition& service) {
    return json_of(service)["linux"]["resources"]
        .value("unified", Json::object())
        .value("pids.max", "none");
  };
  auto service = minimal();
  EXPECT_EQ(limit(service), "4096");
  service.pids_limit = 7;
  EXPECT_EQ(limit(service), "7");
  service.pids_limit = -1;
  EXPECT_EQ(limit(service), "none");
  service.pids_limit = 0;
  service.privileged = true;
  EXPECT_EQ(limit(service), "none");
}

// A mount on top of a shared /run would appear on the host as well.
TEST(OciSpec, TheNotifySocketIsBoundUnlessItIsThereAlready) {
  const std::string directory = "/run/ros/notify/x.1";
  const auto mounts = [&](const ServiceDefinition& service) {
    const auto json = Json::parse(spec_of(service, {}, directory).value());
    const auto environment = json["process"]["env"].get<std::vector<std::string>>();
    EXPECT_TRUE(std::ranges::count(environment, "NOTIFY_SOCKET=" + directory + "/socket"));
    int count = 0;
    for (const auto& mount : json["mounts"]) count += mount["destination"] == directory ? 1 : 0;
    return count;
  };
  ServiceDefinition service = minimal();
  EXPECT_EQ(mounts(service), 1);
  service.volumes = {{"/run", "/elsewhere"}};
  EXPECT_EQ(mounts(service), 1);
  service.volumes = {{"/run", "/run/"}};
  EXPECT_EQ(mounts(service), 0);
}

TEST(OciSpec, ArgumentsFollowDocker) {
  ImageConfig image;
  image.entrypoint = {"/entry"};
  image.command = {"default"};
  ServiceDefinition service;
  service.name = "web";
  EXPECT_EQ(json_of(service, image)["process"]["args"], Json({"/entry", "default"}));
  service.command = {"own"};
  EXPECT_EQ(json_of(service, image)["process"]["args"], Json({"/entry", "own"}));
  service.entrypoint = {"/mine"};
  EXPECT_EQ(json_of(service, image)["process"]["args"], Json({"/mine", "own"}));
  service.command.clear();
  EXPECT_EQ(json_of(service, image)["process"]["args"], Json::array({"/mine"}));
  service.entrypoint.clear();
  EXPECT_EQ(error_of(service),
            "specification of 'web.1': nothing to execute: no entrypoint and no command");
}

TEST(OciSpec, EnvironmentOfTheServiceWins) {
  ServiceDefinition service = minimal();
  service.environment = {"B=mine", "C=3", "PATH=/own"};
  ImageConfig image;
  image.environment = {"A=1", "B=2"};
  EXPECT_EQ(json_of(service, image)["process"]["env"], Json({"PATH=/own", "A=1", "B=mine", "C=3"}));
}

TEST(OciSpec, OwnMountsReplaceDefaults) {
  ServiceDefinition service = minimal();
  Json spec = json_of(service);
  EXPECT_EQ(mount_at(spec, "/run/etc")["options"], Json({"rbind", "ro", "rprivate"}));
  EXPECT_EQ(mount_at(spec, "/run")["type"], "tmpfs");

  service.volumes = {{"/run/etc", "/run/etc/"}};
  spec = json_of(service);
  EXPECT_EQ(mount_at(spec, "/run/etc")["options"], Json({"rbind", "rprivate"}));
  EXPECT_EQ(mount_at(spec, "/run")["type"], "tmpfs");

  service.volumes = {{"/run", "/run"}, {"/dev", "/dev"}, {"/sys/fs/cgroup", "/sys/fs/cgroup"}};
  spec = json_of(service);
  EXPECT_EQ(mount_at(spec, "/run")["type"], "bind");
  EXPECT_TRUE(mount_at(spec, "/run/etc").is_null());
  EXPECT_TRUE(mount_at(spec, "/dev/pts").is_null());
  EXPECT_EQ(mount_at(spec, "/sys/fs/cgroup")["type"], "bind");
  EXPECT_EQ(mount_at(spec, "/sys")["type"], "sysfs");
}

TEST(OciSpec, PropagationOfVolumesReachesTheRoot) {
  ServiceDefinition service = minimal();
  service.volumes = {{"/a", "/a"}};
  EXPECT_FALSE(json_of(service)["linux"].contains("rootfsPropagation"));
  service.volumes.push_back({"/b", "/b", false, "rslave"});
  EXPECT_EQ(json_of(service)["linux"]["rootfsPropagation"], "rslave");
  service.volumes.push_back({"/c", "/c", false, "rshared"});
  EXPECT_EQ(json_of(service)["linux"]["rootfsPropagation"], "shared");
}

TEST(OciSpec, Users) {
  ServiceDefinition service = minimal();
  const auto user = [&service](const std::string& text) {
    service.user = text;
    return json_of(service)["process"]["user"];
  };
  EXPECT_EQ(user("7"), (Json{{"uid", 7}, {"gid", 0}}));
  EXPECT_EQ(user("7:9"), (Json{{"uid", 7}, {"gid", 9}}));
  EXPECT_EQ(user("38"), (Json{{"uid", 38}, {"gid", 40}, {"additionalGids", {41}}}));
  EXPECT_EQ(user("ntp:docker"), (Json{{"uid", 38}, {"gid", 42}}));
  service.user = "nobody";
  EXPECT_EQ(error_of(service), "specification of 'web.1': unknown user 'nobody'");
  service.user = "ntp:nobody";
  EXPECT_EQ(error_of(service), "specification of 'web.1': unknown group 'nobody'");
  service.user = "4294967295";
  EXPECT_EQ(error_of(service), "specification of 'web.1': unknown user '4294967295'");
}

TEST(OciSpec, Capabilities) {
  ServiceDefinition service = minimal();
  const auto count = [&service] {
    return json_of(service)["process"]["capabilities"]["bounding"].size();
  };
  EXPECT_EQ(count(), 14U);
  service.cap_drop = {"mknod"};
  EXPECT_EQ(count(), 13U);
  service.cap_add = {"ALL"};
  EXPECT_EQ(count(), 40U);
  service.cap_drop = {"all"};
  service.cap_add = {};
  EXPECT_EQ(count(), 0U);
  service.privileged = true;
  EXPECT_EQ(count(), 41U);
  service.cap_add = {"FLY"};
  EXPECT_EQ(error_of(service), "specification of 'web.1': cap_add: unknown capability 'FLY'");
}

// Without ambient capabilities exec(2) takes them all from a process that is not root.
TEST(OciSpec, AUserKeepsTheCapabilitiesThatAreAddedByName) {
  ServiceDefinition service = minimal();
  service.cap_drop = {"ALL"};
  service.cap_add = {"SYS_TIME"};
  EXPECT_FALSE(json_of(service)["process"]["capabilities"].contains("ambient"));
  service.user = "38:40";
  const Json sets = json_of(service)["process"]["capabilities"];
  for (const char* set : {"bounding", "effective", "permitted", "inheritable", "ambient"})
    EXPECT_EQ(sets[set], Json::array({"CAP_SYS_TIME"})) << set;
  service.cap_add = {};
  EXPECT_FALSE(json_of(service)["process"]["capabilities"].contains("ambient"));
}

TEST(OciSpec, DeviceRules) {
  ServiceDefinition service = minimal();
  service.device_rules = {"c 13:* r", "b 7:0 rwm"};
  const Json rules = json_of(service)["linux"]["resources"]["devices"];
  ASSERT_EQ(rules.size(), 3U);
  EXPECT_EQ(rules[1], (Json{{"allow", true}, {"type", "c"}, {"major", 13}, {"access", "r"}}));
  EXPECT_EQ(rules[2]["minor"], 0);
  for (const char* text : {"", "c 13 r", "x 1:1 r", "c 1:1 q", "c a:1 r", "c 1:-1 r", "c 1:1"}) {
    service.device_rules = {text};
    EXPECT_TRUE(error_of(service).starts_with("specification of 'web.1': device rule '")) << text;
  }
}

TEST(OciSpec, BadDevicesAreErrors) {
  ServiceDefinition service = minimal();
  service.devices = {"/dev/none"};
  EXPECT_EQ(error_of(service),
            "specification of 'web.1': device '/dev/none': No such file or directory");
  for (const char* text : {"", "tun", "/dev/net/tun:/x:q", "/dev/net/tun:/x:r:w", "/a:/b:/c"}) {
    service.devices = {text};
    EXPECT_EQ(error_of(service), "specification of 'web.1': device '" + std::string(text) +
                                     "' is not HOST[:CONTAINER[:rwm]]");
  }
}

TEST(ImageConfigTest, ReadsWhatMatters) {
  const auto config = parse_image_config(
      R"({"architecture":"amd64","config":{"Entrypoint":["/e"],"Cmd":null,"Env":["A=1"],)"
      R"("WorkingDir":"/w","User":"1:2","ExposedPorts":{"80/tcp":{}}}})");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->entrypoint, std::vector<std::string>{"/e"});
  EXPECT_TRUE(config->command.empty());
  EXPECT_EQ(config->environment, std::vector<std::string>{"A=1"});
  EXPECT_EQ(config->working_dir, "/w");
  EXPECT_EQ(config->user, "1:2");
  EXPECT_TRUE(parse_image_config("{}"));
  EXPECT_TRUE(parse_image_config(R"({"config":null})"));
}

TEST(ImageConfigTest, BadTextIsAnError) {
  for (const char* text : {"", "[]", R"({"config":7})", R"({"config":{"Env":"A=1"}})",
                           R"({"config":{"Cmd":[1]}})", R"({"config":{"User":{}}})"})
    EXPECT_FALSE(parse_image_config(text)) << text;
}

}  // namespace
}  // namespace ros::containerd
