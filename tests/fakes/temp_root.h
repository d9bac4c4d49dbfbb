// A machine's file tree in a temporary directory, removed at the end of the test.
#pragma once

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "sys/files.h"

namespace ros::fakes {

class TempRoot {
 public:
  explicit TempRoot(const std::string& folder = ::testing::TempDir()) {
    std::string name = folder + "ros-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  TempRoot(const TempRoot&) = delete;
  TempRoot& operator=(const TempRoot&) = delete;
  ~TempRoot() { EXPECT_TRUE(sys::Files().remove_all(path_)); }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] sys::Files files() const { return sys::Files(path_); }

  // Makes the directories above, too.
  void write(std::string_view path, std::string_view text) const {
    const auto slash = path.find_last_of('/');
    if (slash > 0) directory(path.substr(0, slash));
    ASSERT_TRUE(files().remove(path));
    ASSERT_TRUE(files().append(path, text));
  }
  void directory(std::string_view path) const { ASSERT_TRUE(files().make_directories(path)); }

  // "" when the file is missing.
  [[nodiscard]] std::string read(std::string_view path) const {
    return files().read(path).value_or("");
  }
  [[nodiscard]] mode_t mode(std::string_view path) const {
    struct stat status{};
    return stat(files().real(path).c_str(), &status) == 0 ? status.st_mode & 07777U : 0;
  }

 private:
  std::string path_;
};

}  // namespace ros::fakes
