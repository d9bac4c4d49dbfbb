#include "config/service.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "config/load.h"
#include "config_helpers.h"

namespace ros::config {
namespace {

using std::chrono::milliseconds;
using tests::Lines;

// A service "s" with an image and these lines, indented by four blanks in the file.
LoadResult load_service(const std::string& lines, const std::string& rest = "") {
  return load({{"u", "rancher:\n  services:\n   s:\n    image: i\n" + lines + rest}}, "");
}

ServiceDefinition service(const std::string& lines) {
  const auto result = load_service(lines);
  EXPECT_EQ(tests::lines(result.complaints), Lines{});
  return *result.config.service("s");
}

Lines complaints(const std::string& lines) {
  return tests::lines(load_service(lines).complaints);
}

TEST(Service, Defaults) {
  const auto s = service("");
  EXPECT_EQ(s.name, "s");
  EXPECT_EQ(s.image, "i");
  EXPECT_TRUE(s.host_network);
  EXPECT_FALSE(s.built_in);
  EXPECT_EQ(s.position.describe(), "u:3:4");
  EXPECT_EQ(s.ready, Readiness{});
}

TEST(Service, ComposeKeys) {
  const auto s = service(R"(    entrypoint: /bin/sh -c
    command: ["echo", 5]
    working_dir: /w
    user: 1000:1000
    hostname: h
    net: none
    pid: host
    ipc: host
    uts: host
    cgroup: host
    privileged: true
    read_only: yes
    tty: true
    cap_add: [NET_ADMIN]
    cap_drop: [ALL]
    devices: [/dev/kvm]
    tmpfs: /tmp
    mem_limit: 64m
    cpu_shares: 512
    pids_limit: 100
    security_opt: ["no-new-privileges:false", seccomp=unconfined]
    oom_score_adj: -100
    stop_grace_period: 1m
    stop_signal: SIGINT
    ulimits: {nofile: {soft: 10, hard: 20}}
)");
  EXPECT_EQ(s.entrypoint, (Lines{"/bin/sh", "-c"}));
  EXPECT_EQ(s.command, (Lines{"echo", "5"}));
  EXPECT_EQ(s.working_dir, "/w");
  EXPECT_EQ(s.user, "1000:1000");
  EXPECT_EQ(s.hostname, "h");
  EXPECT_FALSE(s.host_network);
  EXPECT_TRUE(s.host_pid && s.host_ipc && s.host_uts && s.host_cgroup);
  EXPECT_TRUE(s.privileged && s.read_only && s.tty);
  EXPECT_EQ(s.cap_add, Lines{"NET_ADMIN"});
  EXPECT_EQ(s.cap_drop, Lines{"ALL"});
  EXPECT_EQ(s.devices, Lines{"/dev/kvm"});
  EXPECT_EQ(s.tmpfs, Lines{"/tmp"});
  EXPECT_EQ(s.memory_limit, 64U << 20U);
  EXPECT_EQ(s.cpu_shares, 512U);
  EXPECT_EQ(s.pids_limit, 100);
  EXPECT_EQ(s.security, (Security{.seccomp = false, .new_privileges = true}));
  EXPECT_EQ(s.oom_score_adj, -100);
  EXPECT_EQ(s.stop_grace, milliseconds(60'000));
  EXPECT_EQ(s.stop_signal, "SIGINT");
  EXPECT_EQ(s.nofile, 20U);
}

TEST(Service, SecurityIsTheDefaultUnlessSaidOtherwise) {
  EXPECT_EQ(service("").security, (Security{.seccomp = true, .new_privileges = false}));
  EXPECT_EQ(service("    security_opt: [no-new-privileges, seccomp=builtin]\n").security,
            Security());
  EXPECT_EQ(complaints("    security_opt: ['label:disable', 'seccomp:unconfined']\n"),
            Lines{"u:5:20: rancher.services.s.security_opt[0]: expected "
                  "'no-new-privileges[:false]' or 'seccomp=unconfined', got 'label:disable'"});
}

TEST(Service, EnvironmentAndLabelsAsListOrMap) {
  EXPECT_EQ(service("    environment: [A=1, B=x=y]\n").environment, (Lines{"A=1", "B=x=y"}));
  EXPECT_EQ(service("    environment: {A: 1, B: true, C: 1.5}\n").environment,
            (Lines{"A=1", "B=true", "C=1.5"}));
  using Map = std::map<std::string, std::string>;
  EXPECT_EQ(service("    labels: {a: 1, b: true}\n").labels, (Map{{"a", "1"}, {"b", "true"}}));
  EXPECT_EQ(service("    labels: [a=1, b, 'c=x=y']\n").labels,
            (Map{{"a", "1"}, {"b", ""}, {"c", "x=y"}}));
}

TEST(Service, BareNamesComeFromTheSharedEnvironment) {
  const auto result = load_service("    environment: [A, X*, B=2, MISSING]\n",
                                   "  environment: {A: 1, X1: a, X2: b, Y: c}\n");
  EXPECT_EQ(result.config.service("s")->environment, (Lines{"A=1", "X1=a", "X2=b", "B=2"}));
}

TEST(Service, Labels) {
  const auto s = service(R"(    labels:
      io.rancher.os.after: a, b
      io.rancher.os.before: c
      io.rancher.os.detach: "false"
      io.rancher.os.createonly: true
      io.rancher.os.memory_min: 16m
      io.rancher.os.ready: socket:/run/x.sock
      io.rancher.os.ready_limit: 5
      io.rancher.os.scope: system
      io.rancher.os.shim: small
      io.rancher.os.tty: /dev/tty1
   a: {image: x}
   b: {image: x}
   c: {image: x}
)");
  EXPECT_EQ(s.after, (Lines{"a", "b"}));
  EXPECT_EQ(s.before, Lines{"c"});
  EXPECT_FALSE(s.detach);
  EXPECT_TRUE(s.create_only);
  EXPECT_EQ(s.memory_min, 16U << 20U);
  EXPECT_EQ(s.ready, (Readiness{ReadinessKind::kSocket, "/run/x.sock", milliseconds(5000)}));
  EXPECT_EQ(s.shim_group, "small");
  EXPECT_EQ(s.tty_device, "/dev/tty1");
  EXPECT_EQ(s.labels.at("io.rancher.os.after"), "a, b");
  EXPECT_EQ(service("    labels: ['io.rancher.os.ready=notify']\n").ready.kind,
            ReadinessKind::kNotify);
}

TEST(Service, LinksAndDependsOnAddToAfter) {
  const auto s = service(R"(    links: ["a:alias", b]
    depends_on: [b, c]
    labels: {io.rancher.os.after: "a"}
   a: {image: x}
   b: {image: x}
   c: {image: x}
)");
  EXPECT_EQ((std::set<std::string>(s.after.begin(), s.after.end())),
            (std::set<std::string>{"a", "b", "c"}));
  EXPECT_EQ(s.after.size(), 3U);
}

TEST(Service, BadLabels) {
  EXPECT_EQ(
      complaints(R"(    labels:
      io.rancher.os.aftr: a
      io.rancher.os.ready: socket:relative
      io.rancher.os.scope: user
      io.rancher.os.detach: perhaps
      io.rancher.os.reloadconfig: true
)"),
      (Lines{"u:6:27: rancher.services.s.labels.io.rancher.os.aftr: unknown label; did you mean "
             "'io.rancher.os.after'?",
             "u:7:28: rancher.services.s.labels.io.rancher.os.ready: expected started, "
             "socket:PATH, notify or health, got 'socket:relative'",
             "u:8:28: rancher.services.s.labels.io.rancher.os.scope: only 'system' has an "
             "effect here, got 'user'",
             "u:9:29: rancher.services.s.labels.io.rancher.os.detach: expected true or false, "
             "got 'perhaps'",
             "u:10:35: rancher.services.s.labels.io.rancher.os.reloadconfig: has no effect here; "
             "files of the configuration are read again when they change by ros config"}));
}

TEST(Service, Volumes) {
  const auto s = service("    volumes: ['/a:/b', '/c:/d:ro', '/e:/f:rw,rshared', '/g:/h:z']\n");
  const std::vector<Volume> expected{
      {"/a", "/b"}, {"/c", "/d", true}, {"/e", "/f", false, "rshared"}, {"/g", "/h"}};
  EXPECT_EQ(s.volumes, expected);
  EXPECT_EQ(complaints("    volumes: ['/a', 'name:/b', '/a:b', '/a:/b:fast', '/a:/b:ro:x', [x]]\n")
                .size(),
            6U);
  EXPECT_EQ(complaints("    volumes: ['/a:/b:fast']\n"),
            Lines{"u:5:15: rancher.services.s.volumes[0]: unknown volume option 'fast'"});
}

TEST(Service, RestartPolicies) {
  const auto restart = [](const std::string& text) {
    return service("    restart: " + text + "\n").restart;
  };
  EXPECT_EQ(restart("no"), (RestartPolicy{RestartKind::kNo, 0}));
  EXPECT_EQ(restart("\"no\""), (RestartPolicy{RestartKind::kNo, 0}));
  EXPECT_EQ(restart("always"), (RestartPolicy{RestartKind::kAlways, 0}));
  EXPECT_EQ(restart("unless-stopped"), (RestartPolicy{RestartKind::kAlways, 0}));
  EXPECT_EQ(restart("on-failure"), (RestartPolicy{RestartKind::kOnFailure, 0}));
  EXPECT_EQ(restart("on-failure:5"), (RestartPolicy{RestartKind::kOnFailure, 5}));
  for (const auto* const bad : {"sometimes", "on-failure:", "on-failure:x", "on-failure:0", "[a]"})
    EXPECT_EQ(complaints(std::string("    restart: ") + bad + "\n").size(), 1U) << bad;
}

TEST(Service, Healthchecks) {
  const auto s = service(
      "    healthcheck: {test: [CMD, wget, x], interval: 3s, timeout: 1s, retries: 2}\n"
      "    labels: {io.rancher.os.ready: health}\n");
  EXPECT_EQ(s.healthcheck, (Healthcheck{{"wget", "x"}, milliseconds(3000), milliseconds(1000), 2}));
  EXPECT_EQ(s.ready.kind, ReadinessKind::kHealth);
  EXPECT_EQ(service("    healthcheck: {test: echo hi}\n").healthcheck.test,
            (Lines{"/bin/sh", "-c", "echo hi"}));
  EXPECT_EQ(service("    healthcheck: {test: [NONE]}\n").healthcheck.test, Lines{});
  EXPECT_EQ(complaints("    healthcheck: {test: [wget, x]}\n").size(), 1U);
  EXPECT_EQ(complaints("    healthcheck: {retires: 2}\n"),
            Lines{"u:5:19: rancher.services.s.healthcheck.retires: unknown key; did you mean "
                  "'rancher.services.s.healthcheck.retries'?"});
  const auto without = load_service("    labels: {io.rancher.os.ready: health}\n");
  EXPECT_EQ(without.config.service("s")->ready.kind, ReadinessKind::kStarted);
  EXPECT_EQ(without.complaints.size(), 1U);
}

TEST(Service, OtherKeysAreComplainedAbout) {
  EXPECT_EQ(complaints("    ports: ['80:80']\n"),
            Lines{"u:5:12: rancher.services.s.ports: has no effect here; a service has the host's "
                  "network, with 'net: host', or none"});
  EXPECT_EQ(complaints("    comand: x\n"),
            Lines{"u:5:5: rancher.services.s.comand: unknown key; did you mean "
                  "'rancher.services.s.command'?"});
  EXPECT_EQ(complaints("    privileged: maybe\n"),
            Lines{"u:5:17: rancher.services.s.privileged: expected true or false, got 'maybe'"});
  EXPECT_EQ(complaints("    net: bridge\n"),
            Lines{"u:5:10: rancher.services.s.net: expected 'host' or 'none', got 'bridge'"});
  EXPECT_EQ(complaints("    command: \"echo 'x\"\n"),
            Lines{"u:5:14: rancher.services.s.command: expected a closing ', got 'echo 'x'"});
  EXPECT_EQ(complaints("    ulimits: {core: 0}\n"),
            Lines{"u:5:21: rancher.services.s.ulimits.core: has no effect here"});
  EXPECT_EQ(complaints("    cpu_shares: -1\n").size(), 1U);
  EXPECT_EQ(complaints("    oom_score_adj: 2000\n").size(), 1U);
}

TEST(Service, BadEntries) {
  const auto result = load(
      {{"u",
        "rancher:\n  services:\n    a/b: {image: x}\n    c: text\n    d:\n    e: {command: x}\n"}},
      "");
  EXPECT_EQ(
      tests::lines(result.complaints),
      (Lines{"u:3:5: rancher.services.a/b: a service name is at most 64 letters, digits, '-', '_'",
             "u:4:8: rancher.services.c: expected a map, got 'text'",
             "u:6:5: rancher.services.e: has no image; it is not started"}));
  EXPECT_EQ(result.config.services.size(), 1U);
  EXPECT_EQ(result.config.rejected.at("e"), "no image");
}

TEST(Service, LayersMerge) {
  const auto result = load(
      {{"os", "rancher: {services: {s: {image: i, command: [a, b], environment: {A: 1}}}}", true},
       {"u", "rancher: {services: {s: {command: [c], environment: {B: 2}}}}"}},
      "");
  const auto& s = *result.config.service("s");
  EXPECT_EQ(s.image, "i");
  EXPECT_EQ(s.command, Lines{"c"});
  EXPECT_EQ(s.environment, (Lines{"A=1", "B=2"}));
  EXPECT_FALSE(s.built_in);
  EXPECT_EQ(s.position.file, "u");
}

TEST(Service, HashIsThatOfTheDefinitionAlone) {
  ServiceDefinition a;
  a.name = "s";
  auto b = a;
  b.position = {"elsewhere", 5, 6};
  b.built_in = true;
  EXPECT_EQ(a.definition_hash(), b.definition_hash());
  EXPECT_EQ(a.definition_hash().size(), 16U);
}

using S = ServiceDefinition;
const std::vector<std::function<void(S&)>> kChanges = {
    [](S&) {},
    [](S& s) { s.name = "x"; },
    [](S& s) { s.image = "x"; },
    [](S& s) { s.entrypoint = {"x"}; },
    [](S& s) { s.command = {"x"}; },
    [](S& s) { s.command = {"x", ""}; },
    [](S& s) { s.environment = {"x"}; },
    [](S& s) { s.labels["x"] = "y"; },
    [](S& s) { s.volumes = {{"/a", "/b"}}; },
    [](S& s) { s.volumes = {{"/a", "/b", true}}; },
    [](S& s) { s.volumes = {{"/a", "/b", false, "rshared"}}; },
    [](S& s) { s.working_dir = "x"; },
    [](S& s) { s.user = "x"; },
    [](S& s) { s.hostname = "x"; },
    [](S& s) { s.host_network = false; },
    [](S& s) { s.host_pid = true; },
    [](S& s) { s.host_ipc = true; },
    [](S& s) { s.host_uts = true; },
    [](S& s) { s.host_cgroup = true; },
    [](S& s) { s.privileged = true; },
    [](S& s) { s.read_only = true; },
    [](S& s) { s.tty = true; },
    [](S& s) { s.tty_device = "x"; },
    [](S& s) { s.cap_add = {"x"}; },
    [](S& s) { s.cap_drop = {"x"}; },
    [](S& s) { s.devices = {"x"}; },
    [](S& s) { s.device_rules = {"x"}; },
    [](S& s) { s.tmpfs = {"x"}; },
    [](S& s) { s.memory_limit = 1; },
    [](S& s) { s.memory_min = 1; },
    [](S& s) { s.cpu_shares = 1; },
    [](S& s) { s.oom_score_adj = 1; },
    [](S& s) { s.nofile = 1; },
    [](S& s) { s.restart.kind = RestartKind::kAlways; },
    [](S& s) { s.restart.tries = 1; },
    [](S& s) { s.ready.kind = ReadinessKind::kNotify; },
    [](S& s) { s.ready.socket = "x"; },
    [](S& s) { s.ready.limit = milliseconds(1); },
    [](S& s) { s.healthcheck.test = {"x"}; },
    [](S& s) { s.healthcheck.interval = milliseconds(1); },
    [](S& s) { s.healthcheck.timeout = milliseconds(1); },
    [](S& s) { s.healthcheck.retries = 1; },
    [](S& s) { s.after = {"x"}; },
    [](S& s) { s.before = {"x"}; },
    [](S& s) { s.detach = false; },
    [](S& s) { s.create_only = true; },
    [](S& s) { s.schedule = "x"; },
    [](S& s) { s.only_scheduled = true; },
    [](S& s) { s.stop_grace = milliseconds(1); },
    [](S& s) { s.stop_signal = "x"; },
    [](S& s) { s.shim_group = "x"; },
};

TEST(Service, HashDependsOnEveryField) {
  std::set<std::string> hashes;
  for (const auto& change : kChanges) {
    S s;
    change(s);
    hashes.insert(s.definition_hash());
  }
  EXPECT_EQ(hashes.size(), kChanges.size());
}

}  // namespace
}  // namespace ros::config
