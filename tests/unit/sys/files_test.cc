#include "sys/files.h"

#include <gtest/gtest.h>

#include <thread>

#include "fakes/temp_root.h"

namespace ros::sys {
namespace {

class FilesTest : public ::testing::Test {
 protected:
  fakes::TempRoot root_;
  Files files_ = root_.files();
};

TEST_F(FilesTest, AtomicWriteReplacesTextAndMode) {
  root_.write("/a", "old");
  ASSERT_TRUE(files_.write_atomic("/a", "new", 0600));
  EXPECT_EQ(root_.read("/a"), "new");
  EXPECT_EQ(root_.mode("/a"), 0600U);
  EXPECT_EQ(files_.list("/").value(), std::vector<std::string>{"a"});
}

TEST_F(FilesTest, AtomicWritersOfOneFileLeaveEachOtherAlone) {
  constexpr int kRounds = 50;
  const std::string texts[] = {std::string(20'000, 'a'), std::string(20'000, 'b')};
  const auto write = [&](const std::string& text) {
    for (int i = 0; i < kRounds; ++i) {
      EXPECT_TRUE(files_.write_atomic("/a", text));
      const auto read = files_.read("/a").value_or("");
      EXPECT_TRUE(read == texts[0] || read == texts[1]) << read.size();
    }
  };
  std::jthread other(write, texts[1]);
  write(texts[0]);
  other.join();
  EXPECT_EQ(files_.list("/").value(), (std::vector<std::string>{"a"}));
}

TEST_F(FilesTest, AtomicWriteReplacesALinkAndNotWhatItPointsTo) {
  root_.write("/target", "kept");
  ASSERT_TRUE(files_.symlink("target", "/link"));
  ASSERT_TRUE(files_.write_atomic("/link", "new"));
  EXPECT_EQ(root_.read("/target"), "kept");
  EXPECT_EQ(root_.read("/link"), "new");
}

TEST_F(FilesTest, ReadRefusesWhatIsTooLarge) {
  root_.write("/a", "12345");
  EXPECT_EQ(files_.read("/a", 5).value(), "12345");
  EXPECT_EQ(files_.read("/a", 4).error().code, EFBIG);
  EXPECT_EQ(files_.read_head("/a", 2).value(), "12");
  EXPECT_EQ(files_.read_head("/a", 9).value(), "12345");
}

TEST_F(FilesTest, ErrorsNameThePath) {
  EXPECT_EQ(files_.read("/none").error(),
            (Error{ENOENT, "read '/none': No such file or directory"}));
  EXPECT_EQ(files_.write_value("/none", "x").error().message,
            "write '/none' ('x'): No such file or directory");
}

TEST_F(FilesTest, WriteValueWantsAnExistingFile) {
  EXPECT_FALSE(files_.write_value("/a", "1"));
  root_.write("/a", "");
  ASSERT_TRUE(files_.write_value("/a", "1"));
  EXPECT_EQ(root_.read("/a"), "1");
}

TEST_F(FilesTest, DirectoriesAreMadeAndMayExist) {
  ASSERT_TRUE(files_.make_directories("/a/b/c", 0700));
  ASSERT_TRUE(files_.make_directories("/a/b/c", 0755));
  EXPECT_EQ(root_.mode("/a/b/c"), 0700U);
  root_.write("/a/file", "");
  EXPECT_EQ(files_.make_directories("/a/file/d").error().code, ENOTDIR);
}

TEST_F(FilesTest, LinksAreReplacedFilesAreNot) {
  ASSERT_TRUE(files_.symlink("one", "/link"));
  ASSERT_TRUE(files_.symlink("two", "/link"));
  root_.write("/file", "");
  EXPECT_EQ(files_.symlink("one", "/file").error().code, EEXIST);
}

TEST_F(FilesTest, RemoveAllDoesNotFollowLinks) {
  root_.write("/keep/file", "x");
  root_.write("/tree/a/b", "x");
  ASSERT_TRUE(files_.symlink(files_.real("/keep"), "/tree/link"));
  ASSERT_TRUE(files_.remove_all("/tree"));
  ASSERT_TRUE(files_.remove_all("/tree"));
  EXPECT_FALSE(files_.exists("/tree"));
  EXPECT_EQ(root_.read("/keep/file"), "x");
}

TEST_F(FilesTest, AppendAddsToTheEnd) {
  ASSERT_TRUE(files_.append("/log", "a"));
  ASSERT_TRUE(files_.append("/log", "b"));
  EXPECT_EQ(root_.read("/log"), "ab");
}

}  // namespace
}  // namespace ros::sys
