#include "config/load.h"

#include <gtest/gtest.h>

#include <optional>

#include "config/schema.h"
#include "config_helpers.h"

namespace ros::config {
namespace {

using tests::lines;
using tests::Lines;
using tests::load_text;

Lines complaints(const std::string& text) {
  return tests::lines(load_text(text).complaints);
}

TEST(Load, NothingGivesTheDefaults) {
  const auto result = load({}, "");
  EXPECT_EQ(result.complaints, Complaints{});
  EXPECT_EQ(result.config.state, StateConfig{});
  EXPECT_EQ(result.config.defaults.hostname, "rancher");
  EXPECT_TRUE(result.config.services.empty());
}

TEST(Load, EveryKindOfValue) {
  const auto result = load_text(R"(#cloud-config
hostname: box
ssh_authorized_keys: [ssh-ed25519 AAAA a]
runcmd:
- echo hi
- [touch, /x y]
rancher:
  debug: yes
  modules: [btrfs, "loop max_loop=8"]
  environment: {A: 1, B: true, C: ~}
  sysctl: {net.ipv4.ip_forward: 0}
  shutdown_timeout: 90
  network: {dns: {nameservers: [1.1.1.1], search: [lan]}}
  state: {dev: LABEL=S, fstype: ext4, wait: true, required: on}
  docker: {extra_args: [--x], environment: [P=q], insecure_registry: [r], registry_mirror: m}
)");
  EXPECT_EQ(tests::lines(result.complaints), Lines{});
  const auto& config = result.config;
  EXPECT_EQ(config.hostname, "box");
  EXPECT_EQ(config.ssh_authorized_keys, Lines{"ssh-ed25519 AAAA a"});
  EXPECT_EQ(config.runcmd, (std::vector<Lines>{{"sh", "-c", "echo hi"}, {"touch", "/x y"}}));
  EXPECT_TRUE(config.debug);
  EXPECT_EQ(config.modules, (Lines{"btrfs", "loop max_loop=8"}));
  EXPECT_EQ(config.environment, (Lines{"A=1", "B=true"}));
  EXPECT_EQ(config.sysctl.at("net.ipv4.ip_forward"), "0");
  EXPECT_EQ(config.shutdown_timeout.count(), 90);
  EXPECT_EQ(config.network.nameservers, Lines{"1.1.1.1"});
  EXPECT_EQ(config.network.search, Lines{"lan"});
  EXPECT_EQ(config.state, (StateConfig{"LABEL=S", "ext4", true, true}));
  const std::map<std::string, std::string> daemon = {
      {"debug", "true"}, {"insecure-registries", "[\"r\"]"}, {"registry-mirrors", "[\"m\"]"}};
  EXPECT_EQ(config.docker.daemon, daemon);
  EXPECT_EQ(config.docker.extra_args, Lines{"--x"});
  EXPECT_EQ(config.docker.environment, Lines{"P=q"});
}

TEST(Load, UnknownKeysNameTheNearest) {
  EXPECT_EQ(complaints("rancher:\n  debgu: true\n"),
            Lines{"user:2:3: rancher.debgu: unknown key; did you mean 'rancher.debug'?"});
  EXPECT_EQ(complaints("hostnam: x\n"),
            Lines{"user:1:1: hostnam: unknown key; did you mean 'hostname'?"});
  EXPECT_EQ(complaints("debug: true\n"),
            Lines{"user:1:1: debug: unknown key; did you mean 'rancher.debug'?"});
  EXPECT_EQ(complaints("rancher: {stat: {dev: x}}\n"),
            Lines{"user:1:11: rancher.stat: unknown key; did you mean 'rancher.state'?"});
  EXPECT_EQ(complaints("rancher: {foo: 1}\n"), Lines{"user:1:11: rancher.foo: unknown key"});
  EXPECT_EQ(
      complaints("rancher.debug: true\n"),
      Lines{"user:1:1: rancher.debug: unknown key; a dot does not nest, write one level a line"});
}

// A key that is left out in silence would be a locked door.
TEST(Load, KeysThatSshdCannotUseAreReported) {
  const auto result = load_text(R"(ssh_authorized_keys:
- ssh-ed25519 AAAA a
- 'command="x y" ssh-ed25519 BBBB'
- ssh-rsa CCCC c
- ecdsa-sha2-nistp256-cert-v01@openssh.com DDDD
- sk-ssh-ed25519-cert-v01@openssh.com EEEE
- ssh-dss FFFF
rancher:
  ssh:
    keys: {ed25519: x, rsa-pub: y, dsa: z}
    port: 0
    listen_address: "1.2.3.4 no way!"
)");
  EXPECT_EQ(
      tests::lines(result.complaints),
      (Lines{"user:7:3: ssh_authorized_keys[5]: expected a public key of a type that sshd knows: "
             "ed25519, RSA, ECDSA; left out",
             "user:10:41: rancher.ssh.keys.dsa: expected ed25519, ecdsa or rsa, or one with -pub",
             "user:11:11: rancher.ssh.port: expected a whole number from 1 to 65535, got '0'",
             "user:12:21: rancher.ssh.listen_address: 'way!' is no address"}));
  EXPECT_EQ(result.config.ssh_authorized_keys,
            (Lines{"ssh-ed25519 AAAA a", "command=\"x y\" ssh-ed25519 BBBB", "ssh-rsa CCCC c",
                   "ecdsa-sha2-nistp256-cert-v01@openssh.com DDDD",
                   "sk-ssh-ed25519-cert-v01@openssh.com EEEE"}));
  EXPECT_EQ(result.config.ssh.keys.size(), 2U);
  EXPECT_EQ(result.config.ssh.port, 22U);
}

TEST(Load, WrongTypesAreLeftOut) {
  const auto result = load_text(R"(hostname: [x]
ssh_authorized_keys: key
rancher:
  debug: maybe
  state: on
  modules: [a, {b: c}, d]
  sysctl: [x]
  shutdown_timeout: 1m
  environment: [A=1, =x, [y]]
)");
  EXPECT_EQ(
      tests::lines(result.complaints),
      (Lines{"user:1:11: hostname: expected a host name of at most 64 characters, got a list",
             "user:2:22: ssh_authorized_keys[0]: expected a public key of a type that sshd knows: "
             "ed25519, RSA, ECDSA; left out",
             "user:4:10: rancher.debug: expected true or false, got 'maybe'",
             "user:5:10: rancher.state: expected a map, got 'on'",
             "user:6:16: rancher.modules[1]: expected a text, got a map",
             "user:7:11: rancher.sysctl: expected a map of texts, got a list",
             "user:8:21: rancher.shutdown_timeout: expected a whole number from 5 to 86400, "
             "got '1m'",
             "user:9:22: rancher.environment[1]: expected name=value, got '=x'",
             "user:9:26: rancher.environment[2]: expected name=value, got a list"}));
  EXPECT_EQ(result.config.modules, (Lines{"a", "d"}));
  EXPECT_EQ(result.config.environment, Lines{"A=1"});
  EXPECT_EQ(result.config.shutdown_timeout.count(), 60);
}

TEST(Load, AWrongValueKeepsThatOfTheLowerLayer) {
  const auto result = load({{"os", "hostname: low\n", true}, {"user", "hostname: {a: b}\n"}}, "");
  EXPECT_EQ(result.config.hostname, "low");
  EXPECT_EQ(tests::lines(result.complaints),
            Lines{"user:1:11: hostname: expected a host name of at most 64 characters, got a map"});
}

TEST(Load, LaterLayersWin) {
  const auto result = load({{"a", "hostname: a\nrancher: {modules: [x], debug: true}\n"},
                            {"b", "hostname: b\nrancher: {modules: [y]}\n"}},
                           "cc.hostname=c");
  EXPECT_EQ(result.config.hostname, "c");
  EXPECT_EQ(result.config.modules, Lines{"y"});
  EXPECT_TRUE(result.config.debug);
}

TEST(Load, EmptyValuesGoBackToTheDefaultEmptySectionsDoNot) {
  const auto result = load({{"a", "hostname: a\nrancher: {debug: true, modules: [x]}\n"},
                            {"b", "hostname:\nrancher:\n"}},
                           "");
  EXPECT_EQ(tests::lines(result.complaints), Lines{});
  EXPECT_EQ(result.config.hostname, "");
  EXPECT_TRUE(result.config.debug);
}

TEST(Load, ASingleValueWhereAListIsExpected) {
  const std::string key =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBcJ5gIXpN4PzyNaVTOQY64ovPfGcyhdDtXgsLRPMfHL a@b";
  const auto loaded =
      load_text("ssh_authorized_keys: " + key +
                "\nruncmd: echo hi\n"
                "rancher:\n"
                "  modules: nfs\n"
                "  ntp: {servers: time.example.org}\n"
                "  network:\n"
                "    dns: {nameservers: 10.0.2.3, search: lan.example}\n"
                "    interfaces: {eth0: {addresses: 10.0.2.9/24}}\n"
                "  services:\n"
                "    a: {image: b, volumes: '/a:/b', cap_add: NET_ADMIN, links: c,\n"
                "        environment: A=1}\n"
                "    c: {image: b}\n");
  EXPECT_EQ(lines(loaded.complaints), Lines{});
  const auto& config = loaded.config;
  EXPECT_EQ(config.ssh_authorized_keys, std::vector<std::string>{key});
  EXPECT_EQ(config.runcmd.size(), 1U);
  EXPECT_EQ(config.modules, std::vector<std::string>{"nfs"});
  EXPECT_EQ(config.ntp_servers, std::vector<std::string>{"time.example.org"});
  EXPECT_EQ(config.network.nameservers, std::vector<std::string>{"10.0.2.3"});
  EXPECT_EQ(config.services.at(0).volumes.size(), 1U);
  EXPECT_EQ(get(loaded.merged, "rancher.modules"), "- nfs\n\n");
}

TEST(Load, AFileOfKeysAsOneText) {
  const std::string type = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI";
  const auto loaded = load_text("ssh_authorized_keys: |\n  " + type + "A a\n\n  " + type + "B b\n");
  EXPECT_EQ(lines(loaded.complaints), Lines{});
  EXPECT_EQ(loaded.config.ssh_authorized_keys.size(), 2U);
}

TEST(Load, FirstLinesAsPeopleWriteThem) {
  for (const auto* const head : {"", "#cloud-config   \n", "\n# mine\n#cloud-config\n", "---\n"}) {
    const auto loaded = load_text(std::string(head) + "hostname: heron\n");
    EXPECT_EQ(lines(loaded.complaints), Lines{}) << head;
    EXPECT_EQ(loaded.config.hostname, "heron") << head;
  }
}

TEST(Load, FilesThatAreNoCloudConfig) {
  EXPECT_EQ(
      complaints("#!/bin/sh\necho: hi\n"),
      Lines{"user:1:1: a script; scripts as user-data are not supported; the file is left out"});
  EXPECT_EQ(complaints("\x1f\x8b\x08"), Lines{"user: damaged gzip data; the file is left out"});
  EXPECT_EQ(complaints("#compose\na: b\n").size(), 1U);
  EXPECT_EQ(complaints("just words\n"),
            Lines{"user:1:1: expected a map of keys, got 'just words'; the file is left out"});
  EXPECT_EQ(complaints("- a\n"),
            Lines{"user:1:1: expected a map of keys, got a list; the file is left out"});
  EXPECT_EQ(complaints("#cloud-config\r\nhostname: x\r\n"), Lines{});
  EXPECT_EQ(complaints(""), Lines{});
}

TEST(Load, AFileThatDoesNotParseSpoilsNoOther) {
  const auto result = load(
      {{"a", "hostname: a\n"}, {"b", "hostname: b\nx: [\n"}, {"c", "rancher: {debug: true}\n"}},
      "");
  EXPECT_EQ(result.config.hostname, "b") << "the part that is whole";
  EXPECT_TRUE(result.config.debug);
  ASSERT_EQ(result.complaints.size(), 1U);
  EXPECT_EQ(result.complaints[0].position.file, "b");
  EXPECT_EQ(result.complaints[0].position.line, 3);
}

TEST(Load, SomeKeysCountOnTheCommandLineOnly) {
  EXPECT_EQ(complaints("rancher: {password: secret, autologin: [tty1]}\n"),
            (Lines{"user:1:21: rancher.password: counts on the kernel command line only",
                   "user:1:40: rancher.autologin: counts on the kernel command line only"}));
  EXPECT_EQ(load_text("rancher: {password: x}").config.password, "");
  EXPECT_EQ(load({}, "rancher.password=x").config.password, "x");
}

// Stage 1 reads them itself; here they are checked like the others.
TEST(Load, KeysOfStage1) {
  EXPECT_EQ(
      load({}, "rancher.system.toram rancher.system.wait=5 rancher.rescue_timeout=0").complaints,
      Complaints{});
  EXPECT_EQ(load({}, "rancher.system.toram=maybe").complaints.size(), 1U);
  EXPECT_EQ(complaints("rancher: {rescue: true}\n"),
            Lines{"user:1:19: rancher.rescue: counts on the kernel command line only"});
}

TEST(Load, TlsWithoutCertificates) {
  EXPECT_EQ(complaints("rancher: {docker: {tls: true, ca_cert: a, server_cert: b}}\n"),
            Lines{"user:1:25: rancher.docker.tls: needs ca_cert, server_cert and server_key; until "
                  "they are there, addresses of the network in rancher.docker.host do not count"});
  EXPECT_EQ(complaints("rancher: {docker: {tls: true, tls_args: [--tls]}}\n"), Lines{});
}

TEST(Load, KnownWithoutEffect) {
  EXPECT_EQ(complaints("rancher: {rm_usr: true}\n"),
            Lines{"user:1:19: rancher.rm_usr: has no effect here; the system image is read-only, a "
                  "new version replaces it"});
}

TEST(Load, ComplaintsAreLimited) {
  std::string text;
  for (int i = 0; i < 80; ++i) text += "x" + std::to_string(i) + ": 1\n";
  const auto found = complaints(text);
  ASSERT_EQ(found.size(), 51U);
  EXPECT_EQ(found.back(), "user: 30 more complaints");
}

TEST(Load, WriteFiles) {
  const auto result = load_text(R"(write_files:
- path: /a
  content: "x\n"
  owner: root:docker
  permissions: 0600
  container: docker
- path: /b
  encoding: b64
  content: aGVsbG8=
- {path: c, content: x}
- {path: /d, encoding: gzip, content: x}
- {path: /e, encoding: base64, content: "***"}
- {path: /f, mode: 0644}
- {content: x}
- {path: /g, permissions: rw}
- /h
- {path: /i, container: none}
- {path: /j, container: console}
rancher: {services: {docker: {image: x}}}
)");
  const WriteFile a{"/a", "x\n", "root:docker", 0600, "docker"};
  const WriteFile b{"/b", "hello", "", 0644, ""};
  const WriteFile j{"/j", "", "", 0644, "console"};
  EXPECT_EQ(result.config.write_files, (std::vector<WriteFile>{a, b, j}));
  EXPECT_EQ(
      tests::lines(result.complaints),
      (Lines{"user:10:3: write_files[2]: expected an absolute 'path'",
             "user:11:24: write_files[3].encoding: damaged gzip data; the file is not written",
             "user:12:24: write_files[4].encoding: not base64: unexpected character code 42; "
             "the file is not written",
             "user:13:14: write_files[5].mode: unknown key",
             "user:14:3: write_files[6]: expected an absolute 'path'",
             "user:15:27: write_files[7].permissions: expected octal permissions such as "
             "'0644', got 'rw'",
             "user:16:3: write_files[8]: expected a map, got '/h'",
             "user:17:3: write_files[2].container: no service 'none'; the file is not "
             "written"}));
}

TEST(Get, PrintsLikeRancherOs) {
  const auto tree = load_text(R"(hostname: box
rancher:
  debug: yes
  modules: [b, a]
  environment: {B: '1', A: x}
  services: {s: {image: i}}
)")
                        .merged;
  EXPECT_EQ(get(tree, "hostname"), "box\n");
  EXPECT_EQ(get(tree, "rancher.debug"), "true\n");
  EXPECT_EQ(get(tree, "rancher.docker.debug"), "true\n");
  EXPECT_EQ(get(tree, "rancher.modules"), "- b\n- a\n\n");
  EXPECT_EQ(get(tree, "rancher.environment"), "A: x\nB: '1'\n\n");
  EXPECT_EQ(get(tree, "rancher.services.s.image"), "i\n");
}

TEST(Get, UnsetKeysGiveTheirDefaults) {
  const auto tree = load_text("").merged;
  EXPECT_EQ(get(tree, "rancher.debug"), "false\n");
  EXPECT_EQ(get(tree, "hostname"), "\n");
  EXPECT_EQ(get(tree, "rancher.shutdown_timeout"), "60\n");
  EXPECT_EQ(get(tree, "rancher.modules"), "[]\n\n");
  EXPECT_EQ(get(tree, "rancher.state"), "{}\n\n");
  EXPECT_EQ(get(tree, "rancher.foo"), "\n");
  EXPECT_EQ(get(tree, "rancher.services.none.image"), "\n");
  EXPECT_EQ(get(tree, ""), "");
}

std::optional<bool> nocloud(const std::string& list) {
  return load_text("rancher: {cloud_init: {datasources: " + list + "}}").config.nocloud;
}

TEST(Datasources, NamesAsTheyAreKnown) {
  EXPECT_EQ(nocloud("[ec2, NoCloud]"), true);
  EXPECT_EQ(nocloud("['proxmox:/media/pve-config']"), true);
  EXPECT_EQ(nocloud("['*']"), true);
  EXPECT_EQ(nocloud("[]"), false);
  EXPECT_EQ(nocloud("['configdrive:/media/config-2', 'url:http://x/y']"), false);
  EXPECT_EQ(load({}, "").config.nocloud, std::nullopt);
  EXPECT_EQ(load({}, "rancher.cloud_init.datasources=[nocloud]").config.nocloud, true);
}

TEST(Datasources, WhatIsNotSupportedIsToldOnceAndWhatIsMisspeltLeftOut) {
  EXPECT_EQ(complaints("rancher: {cloud_init: {datasources: [ec2, nocloud, 'file:/x']}}"),
            Lines{"user:1:37: rancher.cloud_init.datasources: not supported yet: ec2, file:/x"});
  const auto found = complaints("rancher: {cloud_init: {datasources: [nocluod]}}");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].starts_with(
      "user:1:38: rancher.cloud_init.datasources[0]: expected one of nocloud, "))
      << found[0];
  EXPECT_EQ(nocloud("[nocluod]"), std::nullopt) << "a slip does not lock the owner out";
}

TEST(Datasources, ADiscDoesNotSayWhichDiscsAreRead) {
  const std::string text = "hostname: box\nrancher: {cloud_init: {datasources: [ec2]}}\n";
  for (const auto medium : {Medium::kDisc, Medium::kStick}) {
    const auto result = load({{.name = "cidata/user-data", .text = text, .medium = medium}}, "");
    EXPECT_EQ(result.config.nocloud, std::nullopt);
    EXPECT_EQ(result.config.hostname, "box");
  }
}

TEST(Load, AutoformatBesideAStateThatExists) {
  EXPECT_EQ(complaints("rancher: {state: {dev: UUID=x, autoformat: [/dev/vda]}}"),
            Lines{"user:1:44: rancher.state.autoformat: nothing is formatted: "
                  "rancher.state.dev is 'UUID=x', which is no LABEL="});
  EXPECT_EQ(complaints("rancher: {state: {dev: LABEL=x, autoformat: [/dev/vda]}}"), Lines{});
}

}  // namespace
}  // namespace ros::config
