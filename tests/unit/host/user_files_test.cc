#include "host/user_files.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "fakes/temp_root.h"

namespace ros::host {
namespace {

config::WriteFile file(const std::string& path, const std::string& content,
                       const std::string& owner = "", unsigned permissions = 0644) {
  return {path, content, owner, permissions, ""};
}

class UserFilesTest : public ::testing::Test {
 protected:
  Result<void> write(std::vector<config::WriteFile> list, const std::string& root = "") {
    return write_files({root, std::move(list)}, "/run/etc", root_.files());
  }
  fakes::TempRoot root_;
};

TEST_F(UserFilesTest, FilesWithModeBelowTheRoot) {
  ASSERT_TRUE(write({file("/opt/a/b", "text", "", 0600)}, "/tree"));
  EXPECT_EQ(root_.read("/tree/opt/a/b"), "text");
  EXPECT_EQ(root_.mode("/tree/opt/a/b"), 0600U);
}

TEST_F(UserFilesTest, NewDirectoriesBelongToWhomTheOneAboveBelongs) {
  if (getuid() != 0) GTEST_SKIP() << "only root gives files away";
  root_.directory("/home/rancher");
  ASSERT_TRUE(root_.files().chown("/home/rancher", 1100, 1101));
  ASSERT_TRUE(write({file("/home/rancher/.config/app/file", "x"), file("/opt/app/file", "x")}));
  for (const auto* const directory : {"/home/rancher/.config", "/home/rancher/.config/app"}) {
    EXPECT_EQ(root_.files().owner(directory)->uid, 1100U) << directory;
    EXPECT_EQ(root_.files().owner(directory)->gid, 1101U) << directory;
  }
  EXPECT_EQ(root_.files().owner("/home/rancher/.config/app/file")->uid, 0U);
  EXPECT_EQ(root_.files().owner("/opt/app")->uid, 0U);
}

TEST_F(UserFilesTest, OneBadFileDoesNotKeepTheOthersFromBeingWritten) {
  const auto result =
      write({file("relative", ""), file("/a/../../etc/shadow", ""), file("/directory/", ""),
             file("/x", "", "nobody-here"), file("/good", "yes")});
  EXPECT_EQ(result.error().message,
            "write_files 'relative': expected an absolute path of a file, without '..'; "
            "write_files '/a/../../etc/shadow': expected an absolute path of a file, without '..'; "
            "write_files '/directory/': expected an absolute path of a file, without '..'; "
            "write_files '/x': no user 'nobody-here'");
  EXPECT_EQ(root_.read("/good"), "yes");
  EXPECT_FALSE(root_.files().exists("/x"));
}

// chown(2) takes the set-user-ID bit away.
TEST_F(UserFilesTest, AllOfTheModeStaysWithAnotherOwner) {
  if (getuid() != 0) GTEST_SKIP() << "only root gives files away";
  ASSERT_TRUE(write({file("/x", "", "7:8", 04755)}));
  EXPECT_EQ(root_.mode("/x"), 04755U);
}

TEST_F(UserFilesTest, Lines) {
  ASSERT_TRUE(write_lines({"/run/ros/autologin", {"ttyS0", "tty1"}}, root_.files()));
  EXPECT_EQ(root_.read("/run/ros/autologin"), "ttyS0\ntty1\n");
  ASSERT_TRUE(write_lines({"/run/ros/autologin", {}}, root_.files()));
  EXPECT_EQ(root_.read("/run/ros/autologin"), "");
}

}  // namespace
}  // namespace ros::host
