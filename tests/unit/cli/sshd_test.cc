#include "cli/console/sshd.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "fakes/temp_root.h"

namespace ros::cli {
namespace {

constexpr auto kKey =
    "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n";
constexpr auto kUsed = "/run/ros/sshd/copies/ssh_host_ed25519_key";
constexpr auto kStored = "/var/lib/rancher/ssh/ssh_host_ed25519_key";
constexpr auto kExtra = "/var/lib/rancher/conf/sshd_config.d/10-mine.conf";

class SshdTest : public ::testing::Test {
 protected:
  // The first, which is always there.
  Result<std::string> host_key() {
    const auto paths = host_keys();
    if (!paths) return std::unexpected(paths.error());
    return paths->front();
  }

  Result<std::vector<std::string>> host_keys() {
    return provide_host_keys(root_.files(), [this](const std::string& path) -> Result<void> {
      ++made_;
      root_.write(path, kKey);
      root_.write(path + ".pub", "ssh-ed25519 AAAA\n");
      return {};
    });
  }

  // A stand-in for `sshd -t`: it reads what is included, and "Bad" is wrong.
  Result<void> configure() {
    root_.directory("/run/ros/sshd");
    return write_sshd_config(root_.files(), [this]() -> Result<void> {
      for (const auto& path : included())
        if (root_.read(path).contains("Bad")) return fail(path + ": line 1: Bad");
      return {};
    });
  }

  std::vector<std::string> included() {
    std::vector<std::string> paths;
    std::istringstream text(root_.read(kSshdConfig));
    for (std::string line; std::getline(text, line);)
      if (line.starts_with("Include \"")) paths.push_back(line.substr(9, line.size() - 10));
    return paths;
  }

  // What sshd would read, in order.
  std::string in_effect() {
    std::string text;
    for (const auto& path : included()) text += root_.read(path);
    return text;
  }

  void SetUp() override {
    root_.write("/etc/ssh/sshd_config", "image\n");
    root_.write("/usr/lib/ssh/sshd_config", "image\n");
    root_.write(kSshdSettings, "Port 22\n");
  }

  fakes::TempRoot root_;
  int made_ = 0;
};

TEST_F(SshdTest, TheHostKeyIsMadeOnceAndKept) {
  EXPECT_EQ(host_key().value(), kUsed);
  for (const std::string path : {kStored, kUsed}) {
    EXPECT_EQ(root_.read(path), kKey);
    EXPECT_EQ(root_.mode(path), 0600U);
    EXPECT_EQ(root_.read(path + ".pub"), "ssh-ed25519 AAAA\n");
  }
  EXPECT_EQ(host_key().value(), kUsed);
  EXPECT_EQ(made_, 1);
}

TEST_F(SshdTest, TheHostKeyOutlivesTheState) {
  EXPECT_EQ(host_key().value(), kUsed);
  std::filesystem::remove_all(root_.path() + "/var/lib/rancher");
  EXPECT_EQ(host_key().value(), kUsed);
  EXPECT_EQ(made_, 1);
  const std::string other = std::string(kKey) + "\n";
  root_.write(kStored, other);
  EXPECT_EQ(host_key().value(), kUsed);
  EXPECT_EQ(root_.read(kUsed), other) << "the one on the state counts while it is there";
}

TEST_F(SshdTest, ADamagedHostKeyIsReplaced) {
  root_.write(kStored, "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n");
  EXPECT_EQ(host_key().value(), kUsed);
  EXPECT_EQ(root_.read(kStored), kKey);
  EXPECT_EQ(root_.read(kUsed), kKey);
}

TEST_F(SshdTest, AGivenHostKeyWins) {
  root_.write(kStored, kKey);
  root_.write("/run/ros/sshd/ssh_host_ed25519_key", kKey);
  EXPECT_EQ(host_key().value(), "/run/ros/sshd/ssh_host_ed25519_key");
  EXPECT_EQ(made_, 0);
}

TEST_F(SshdTest, KeysOfOtherTypesAreUsedWhereGiven) {
  root_.write("/run/ros/sshd/ssh_host_rsa_key", kKey);
  root_.write("/var/lib/rancher/ssh/ssh_host_ecdsa_key", kKey);
  EXPECT_EQ(host_keys().value(),
            (std::vector<std::string>{kUsed, "/run/ros/sshd/copies/ssh_host_ecdsa_key",
                                      "/run/ros/sshd/ssh_host_rsa_key"}));
  root_.write("/run/ros/sshd/ssh_host_rsa_key", "no key");
  EXPECT_EQ(host_keys().value().size(), 2U);
}

TEST_F(SshdTest, WithoutAWritableStateTheKeyIsForThisBoot) {
  root_.write("/var/lib/rancher/ssh", "not a directory");
  EXPECT_EQ(host_key().value(), "/run/ros/sshd/ssh_host_ed25519_key");
  EXPECT_EQ(host_key().value(), "/run/ros/sshd/ssh_host_ed25519_key");
  EXPECT_EQ(made_, 1);
}

TEST_F(SshdTest, TheUsersFilesStandFirst) {
  root_.write(kExtra, "persistent\n");
  root_.write("/etc/ssh/sshd_config.d/b.conf", "b\n");
  root_.write("/etc/ssh/sshd_config.d/a.conf", "a\n");
  root_.write("/etc/ssh/sshd_config.d/a.conf.bak", "other\n");
  ASSERT_TRUE(configure());
  EXPECT_EQ(in_effect(), "a\nb\npersistent\nPort 22\nimage\n");
}

TEST_F(SshdTest, ABrokenFileLeavesWhatLastPassedInEffect) {
  root_.write(kExtra, "good\n");
  ASSERT_TRUE(configure());
  root_.write(kExtra, "Bad\n");
  root_.write("/etc/ssh/sshd_config.d/new.conf", "fine, but not alone\n");
  ASSERT_TRUE(configure());
  EXPECT_EQ(in_effect(), "good\nPort 22\nimage\n");
  root_.write(kExtra, "better\n");
  ASSERT_TRUE(configure());
  EXPECT_EQ(in_effect(), "fine, but not alone\nbetter\nPort 22\nimage\n");
}

TEST_F(SshdTest, ABrokenFileFromTheStartLeavesTheImagesConfiguration) {
  root_.write(kExtra, "Bad\n");
  root_.write("/etc/ssh/sshd_config", "replaced\n");
  ASSERT_TRUE(configure());
  EXPECT_EQ(in_effect(), "Port 22\nimage\n");
}

TEST_F(SshdTest, AFileThatIsTakenAwayIsNoLongerLastGood) {
  root_.write(kExtra, "good\n");
  ASSERT_TRUE(configure());
  ASSERT_TRUE(root_.files().remove(kExtra));
  ASSERT_TRUE(configure());
  root_.write(kExtra, "Bad\n");
  ASSERT_TRUE(configure());
  EXPECT_EQ(in_effect(), "Port 22\nimage\n");
}

TEST_F(SshdTest, BrokenSettingsDoNotLockOut) {
  root_.write(kSshdSettings, "ListenAddress Bad\n");
  ASSERT_TRUE(configure());
  EXPECT_EQ(in_effect(), "image\n");
}

TEST_F(SshdTest, AnErrorWhenNothingPasses) {
  root_.write("/usr/lib/ssh/sshd_config", "Bad\n");
  root_.write("/etc/ssh/sshd_config", "Bad\n");
  EXPECT_FALSE(configure());
}

TEST_F(SshdTest, WantedUnlessTheSettingsAreEmpty) {
  EXPECT_TRUE(sshd_wanted(root_.files()));
  root_.write(kSshdSettings, "");
  EXPECT_FALSE(sshd_wanted(root_.files()));
}

}  // namespace
}  // namespace ros::cli
