#include "host/etc.h"

#include <crypt.h>
#include <gtest/gtest.h>

#include "fakes/temp_root.h"
#include "host/accounts.h"

namespace ros::host {
namespace {

constexpr auto kPasswd =
    "root:x:0:0:root:/root:/bin/sh\n"
    "rancher:x:1100:1100::/home/rancher:/bin/sh\n";
constexpr auto kGroup = "root:x:0:\ndocker:x:1101:rancher\n";
constexpr auto kShadow = "root:*:19000::::::\nrancher:*:19000::::::\n";

class EtcTest : public ::testing::Test {
 protected:
  void SetUp() override {
    root_.write("/templates/passwd", kPasswd);
    root_.write("/templates/group", kGroup);
    root_.write("/templates/shadow", kShadow);
    root_.write("/templates/hosts", "127.0.0.1 localhost\n");
  }
  plan::WriteEtc action_{.templates = "/templates",
                         .directory = "/run/etc",
                         .resolv_conf = "/run/etc/resolvconf/resolv.conf",
                         .shadow = "/run/login/shadow",
                         .hostname = "box.example.com",
                         .password = "",
                         .nameservers = {},
                         .fallback_nameservers = {"8.8.8.8"},
                         .search = {"example.com", "lan"}};
  fakes::TempRoot root_;
};

TEST_F(EtcTest, WritesAllFiles) {
  ASSERT_TRUE(write_etc(action_, root_.files()));
  EXPECT_EQ(root_.read("/run/etc/passwd"), kPasswd);
  EXPECT_EQ(root_.read("/run/login/shadow"), kShadow);
  EXPECT_EQ(root_.mode("/run/login/shadow"), 0640U);
  EXPECT_EQ(root_.read("/run/etc/hostname"), "box.example.com\n");
  EXPECT_EQ(root_.read("/run/etc/hosts"), "127.0.0.1 localhost\n127.0.1.1 box.example.com box\n");
  EXPECT_EQ(root_.read("/run/etc/resolvconf/resolv.conf"),
            "search example.com lan\nnameserver 8.8.8.8\n");
}

TEST_F(EtcTest, AResolverOfTheNetworkServiceStaysUnlessTheUserSetsOne) {
  root_.write("/run/etc/resolvconf/resolv.conf", "nameserver 10.0.2.3\n");
  ASSERT_TRUE(write_etc(action_, root_.files()));
  EXPECT_EQ(root_.read("/run/etc/resolvconf/resolv.conf"), "nameserver 10.0.2.3\n");
  action_.nameservers = {"1.1.1.1", "9.9.9.9"};
  action_.search = {};
  ASSERT_TRUE(write_etc(action_, root_.files()));
  EXPECT_EQ(root_.read("/run/etc/resolvconf/resolv.conf"),
            "nameserver 1.1.1.1\nnameserver 9.9.9.9\n");
}

TEST_F(EtcTest, ThePasswordIsHashedForRancherAlone) {
  action_.password = "secret";
  ASSERT_TRUE(write_etc(action_, root_.files()));
  const std::string shadow = root_.read("/run/login/shadow");
  EXPECT_TRUE(shadow.starts_with("root:*:19000::::::\nrancher:$6$"));
  EXPECT_TRUE(shadow.ends_with(":19000::::::\n"));
  EXPECT_EQ(shadow.find("secret"), std::string::npos);
  const auto start = shadow.find('$');
  const std::string hash = shadow.substr(start, shadow.find(':', start) - start);
  crypt_data data{};
  EXPECT_EQ(crypt_r("secret", hash.c_str(), &data), hash);
}

TEST_F(EtcTest, AMissingTemplateIsNamedAndTheRestWritten) {
  ASSERT_TRUE(root_.files().remove("/templates/group"));
  EXPECT_EQ(write_etc(action_, root_.files()).error().message,
            "read '/templates/group': No such file or directory");
  EXPECT_EQ(root_.read("/run/etc/hostname"), "box.example.com\n");
}

TEST_F(EtcTest, TheMachineIdIsMadeOnce) {
  const plan::MachineId action{"/store", "/run/etc/machine-id"};
  ASSERT_TRUE(provide_machine_id(action, root_.files()));
  const std::string id = root_.read("/run/etc/machine-id");
  EXPECT_EQ(id.size(), 33U);
  EXPECT_EQ(id[12], '4');
  EXPECT_EQ(root_.read("/store"), id);
  ASSERT_TRUE(provide_machine_id(action, root_.files()));
  EXPECT_EQ(root_.read("/run/etc/machine-id"), id);
}

TEST_F(EtcTest, ABrokenStoreGivesAnIdAllTheSame) {
  root_.write("/store", "not an id\n");
  EXPECT_TRUE(provide_machine_id({"/store", "/run/etc/machine-id"}, root_.files()));
  EXPECT_FALSE(provide_machine_id({"/none/store", "/run/etc/machine-id"}, root_.files()));
  EXPECT_EQ(root_.read("/run/etc/machine-id").size(), 33U);
}

TEST(AccountsTest, Owners) {
  EXPECT_EQ(parse_owner("", kPasswd, kGroup).value(), (Owner{0, 0}));
  EXPECT_EQ(parse_owner("rancher", kPasswd, kGroup).value(), (Owner{1100, 1100}));
  EXPECT_EQ(parse_owner("rancher:docker", kPasswd, kGroup).value(), (Owner{1100, 1101}));
  EXPECT_EQ(parse_owner("1:2", kPasswd, kGroup).value(), (Owner{1, 2}));
  EXPECT_EQ(parse_owner("7", kPasswd, kGroup).value(), (Owner{7, 7}));
  EXPECT_EQ(parse_owner("none", kPasswd, kGroup).error().message, "no user 'none'");
  EXPECT_EQ(parse_owner("root:none", kPasswd, kGroup).error().message, "no group 'none'");
}

}  // namespace
}  // namespace ros::host
