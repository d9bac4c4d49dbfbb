#include "manager/docker_options.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "config/load.h"
#include "golden.h"

namespace ros::manager {
namespace {

using Json = nlohmann::json;
using Words = std::vector<std::string>;

config::Config config_of(const std::string& docker) {
  const auto os = tests::read_file(tests::in_tree("configs/os-config.yml"));
  const auto loaded =
      config::load({{"os", os, true}, {"user", "rancher: {docker: {" + docker + "}}\n"}}, "");
  for (const auto& complaint : loaded.complaints)
    EXPECT_EQ(complaint.key, "rancher.docker.tls") << complaint.describe();
  return loaded.config;
}

Json file_of(const std::string& docker, DaemonInput input = {}) {
  if (input.image_file.empty())
    input.image_file = tests::read_file(tests::in_tree("images/docker/daemon.json"));
  const auto text = daemon_json(config_of(docker).docker, input);
  return text ? Json::parse(*text) : Json(text.error().message);
}

config::ServiceDefinition docker_service(const std::string& docker) {
  for (auto& service : effective_services(config_of(docker)))
    if (service.name == "docker") return service;
  return {};
}

Words extra_words(const std::string& docker) {
  const auto plain = docker_service("").command;
  auto words = docker_service(docker).command;
  words.erase(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(plain.size()));
  return words;
}

TEST(DaemonJson, WithoutKeysItIsTheImagesWithThePolicy) {
  auto expected = Json::parse(tests::read_file(tests::in_tree("images/docker/daemon.json")));
  expected["hosts"] = {"unix:///run/docker.sock"};
  for (const bool live : {true, false}) {
    expected["live-restore"] = live;
    EXPECT_EQ(file_of("", {.live_restore = live}), expected);
  }
}

TEST(DaemonJson, KeysBecomeEntriesOfTheirType) {
  const auto file = file_of(
      "bip: 172.20.0.1/16, debug: true, graph: /mnt/d, insecure_registry: [a, b], log_opts: "
      "{max-size: 1m}, "
      "registry_mirror: 'https://m', storage_driver: overlay2, userland_proxy: true, group: g");
  EXPECT_EQ(file["bip"], "172.20.0.1/16");
  EXPECT_EQ(file["debug"], true);
  EXPECT_EQ(file["data-root"], "/mnt/d");
  EXPECT_EQ(file["insecure-registries"], Json({"a", "b"}));
  EXPECT_EQ(file["log-opts"], (Json{{"max-size", "1m"}}));
  EXPECT_EQ(file["registry-mirrors"], Json::array({"https://m"}));
  EXPECT_EQ(file["userland-proxy"], true);
  EXPECT_EQ(file["group"], "g");
  EXPECT_FALSE(file.contains("storage-driver"));
}

TEST(DaemonJson, AnotherLogDriverGetsNoneOfTheOptionsOfTheFirst) {
  EXPECT_FALSE(file_of("log_driver: none").contains("log-opts"));
  EXPECT_EQ(file_of("log_driver: local, log_opts: {a: b}")["log-opts"], (Json{{"a", "b"}}));
}

TEST(DaemonJson, TheUserDecidesAboutLiveRestore) {
  for (const bool policy : {true, false}) {
    EXPECT_EQ(file_of("live_restore: true", {.live_restore = policy})["live-restore"], true);
    EXPECT_EQ(file_of("live_restore: false", {.live_restore = policy})["live-restore"], false);
  }
  EXPECT_TRUE(live_restore_given(config_of("live_restore: false").docker));
  EXPECT_TRUE(live_restore_given(config_of("extra_args: [--live-restore]").docker));
  EXPECT_FALSE(live_restore_given(config_of("debug: true").docker));
}

TEST(DaemonJson, WhatIsAnArgumentIsNotInTheFile) {
  const auto file = file_of(
      "insecure_registry: [a], extra_args: [--live-restore, --insecure-registry=b, -D, "
      "--log-opt=x=y, '--add-runtime=a=/b']");
  EXPECT_FALSE(file.contains("live-restore"));
  EXPECT_FALSE(file.contains("insecure-registries"));
  EXPECT_FALSE(file.contains("debug"));
  EXPECT_FALSE(file.contains("log-opts"));
  EXPECT_TRUE(file.contains("runtimes")) << "dockerd merges these";
}

TEST(DaemonJson, TheLocalSocketIsAlwaysThere) {
  EXPECT_EQ(file_of("host: ['tcp://127.0.0.1:2375']")["hosts"],
            Json({"unix:///run/docker.sock", "tcp://127.0.0.1:2375"}));
  EXPECT_EQ(file_of("host: ['unix:///var/run/docker.sock']")["hosts"],
            Json::array({"unix:///var/run/docker.sock"}));
  EXPECT_FALSE(file_of("extra_args: ['-H=tcp://127.0.0.1:2375']").contains("hosts"));
  EXPECT_EQ(extra_words("extra_args: ['-H=tcp://127.0.0.1:2375']"),
            (Words{"-H=tcp://127.0.0.1:2375", "--host=unix:///run/docker.sock"}));
}

TEST(DaemonJson, TlsNeedsItsCertificates) {
  EXPECT_FALSE(file_of("tls: true").contains("tlsverify"));
  EXPECT_EQ(
      file_of("tls: true, ca_cert: a, host: ['tcp://0.0.0.0:2375', '0.0.0.0:1', 'unix:///run/x']")
          ["hosts"],
      Json({"unix:///run/docker.sock", "unix:///run/x"}))
      << "without certificates nothing listens on the network";
  EXPECT_EQ(file_of("host: ['tcp://0.0.0.0:2375']")["hosts"].size(), 2U);
  const auto file = file_of("tls: true, ca_cert: a, server_cert: b, server_key: c");
  EXPECT_EQ(file["tlsverify"], true);
  EXPECT_EQ(file["tlskey"], "/etc/docker/tls/server-key.pem");
  EXPECT_EQ(file["hosts"], Json({"unix:///run/docker.sock", "tcp://0.0.0.0:2376"}));
}

TEST(DaemonJson, AFileOfTheUserLiesBetween) {
  const auto file = file_of("config_file: /x, bip: 1.1.1.1/24",
                            {.user_file = R"({"mtu": 1400, "bip": "2.2.2.2/24"})"});
  EXPECT_EQ(file["mtu"], 1400);
  EXPECT_EQ(file["bip"], "1.1.1.1/24");
  EXPECT_EQ(file_of("config_file: /x", {.user_file = "[]"}), "'/x' is not a JSON object");
}

TEST(DataRoot, IsWhatTheUserSays) {
  EXPECT_EQ(data_root(config_of("").docker), "/var/lib/docker");
  EXPECT_EQ(data_root(config_of("data_root: /mnt/d").docker), "/mnt/d");
}

TEST(EffectiveServices, ChangeWithWhatCountsAtTheNextStartOnly) {
  const auto hash = [](const std::string& docker) {
    return docker_service(docker).definition_hash();
  };
  EXPECT_EQ(hash(""), hash(""));
  EXPECT_NE(hash(""), hash("bip: 172.20.0.1/16"));
  EXPECT_NE(hash(""), hash("environment: {HTTP_PROXY: x}"));
  EXPECT_EQ(hash(""), hash("debug: true")) << "a running dockerd takes it over";
  EXPECT_EQ(hash(""), hash("insecure_registry: [a]"));
}

}  // namespace
}  // namespace ros::manager
