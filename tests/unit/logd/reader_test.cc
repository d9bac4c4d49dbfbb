#include "logd/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <cstdio>

#include "fakes/temp_root.h"

namespace ros::logd {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ReaderTest : public ::testing::Test {
 protected:
  void append(const std::string& text) { ASSERT_TRUE(root_.files().append("/a.log", text)); }
  void rotate() {
    for (int index = 3; index > 0; --index) {
      const std::string base = root_.path() + "/a.log";
      const std::string from = index == 1 ? base : base + "." + std::to_string(index - 1);
      std::rename(from.c_str(), (base + "." + std::to_string(index)).c_str());
    }
  }
  [[nodiscard]] LogReader open(bool follow = true) {
    return LogReader::open("a", follow, root_.path()).value();
  }

  fakes::TempRoot root_;
};

TEST_F(ReaderTest, LastLinesReachIntoRotatedFiles) {
  append("1\n2\n");
  rotate();
  append("3\n");
  rotate();
  append("4\n5\npart");
  EXPECT_THAT(open().last(4).value(), ElementsAre("2", "3", "4", "5"));
  EXPECT_THAT(open().last(1).value(), ElementsAre("5"));
  EXPECT_THAT(open().last(0).value(), IsEmpty());
  EXPECT_THAT(open().last(100).value(), ElementsAre("1", "2", "3", "4", "5"));
}

TEST_F(ReaderTest, FollowsWithoutGapOrRepetition) {
  append("1\n2\nthr");
  auto reader = open();
  EXPECT_THAT(reader.last(1).value(), ElementsAre("2"));
  EXPECT_THAT(reader.more().value(), IsEmpty());
  append("ee\n4");
  pollfd entry{reader.fd(), POLLIN, 0};
  EXPECT_EQ(poll(&entry, 1, 1000), 1);
  EXPECT_THAT(reader.more().value(), ElementsAre("three"));
  append("\n");
  EXPECT_THAT(reader.more().value(), ElementsAre("4"));
  EXPECT_EQ(poll(&entry, 1, 0), 0);
}

TEST_F(ReaderTest, FollowsOverSeveralRotations) {
  append("1\n");
  auto reader = open();
  EXPECT_THAT(reader.last(10).value(), ElementsAre("1"));
  append("2\n");
  rotate();
  append("3\n");
  rotate();
  append("4\n");
  EXPECT_THAT(reader.more().value(), ElementsAre("2", "3", "4"));
  rotate();
  EXPECT_THAT(reader.more().value(), IsEmpty());
  append("5\n");
  EXPECT_THAT(reader.more().value(), ElementsAre("5"));
}

TEST_F(ReaderTest, ALogThatComesLater) {
  EXPECT_EQ(LogReader::open("a", false, root_.path()).error().code, ENOENT);
  auto reader = open();
  EXPECT_THAT(reader.last(10).value(), IsEmpty());
  EXPECT_THAT(reader.more().value(), IsEmpty());
  append("1\n");
  EXPECT_THAT(reader.more().value(), ElementsAre("1"));
}

TEST_F(ReaderTest, NamesStayInTheDirectory) {
  EXPECT_FALSE(LogReader::open("../../etc/passwd", false, root_.path()));
  EXPECT_FALSE(LogReader::open("", true, root_.path()));
}

}  // namespace
}  // namespace ros::logd
