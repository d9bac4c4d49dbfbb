// What a logd finds that was killed at each point between taking and writing.
#include "logd/spool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "unit/logd/harness.h"

namespace ros::logd {
namespace {

using Lines = std::vector<std::string>;

class SpoolTest : public ::testing::Test, protected Harness {
 protected:
  void SetUp() override {
    pair_ = make_fifos(root.files(), "a.1").value();
    root.directory("/run/ros/logs/spool");
    root.write("/var/log/services/a.log", kOld);
    spool_ = Spool::open(options.spools + "/a.1.out").value();
    write(pair_.keep_out.get(), "one\ntwo\n");
    ASSERT_EQ(spool_->take(pair_.keep_out.get(), 1000).value(), 8U);
  }
  void intend(std::uint64_t log_bytes) {
    struct stat status{};
    ASSERT_EQ(stat((options.logs + "/a.log").c_str(), &status), 0);
    ASSERT_TRUE(spool_->intend({8, status.st_ino, kOld.size(), log_bytes}));
  }
  void append(const std::string& text) {
    ASSERT_TRUE(root.files().append("/var/log/services/a.log", text));
  }
  void expect_after_restart(const Lines& expected) {
    spool_.reset();
    start();
    EXPECT_TRUE(wait([&] { return lines("a") == expected; }));
    (void)wait([turns = 0]() mutable { return ++turns > 20; });
    EXPECT_EQ(lines("a"), expected);
  }

  const std::string kOld = "2026-11-23T23:25:13.042Z O old\n";
  const std::string kNew = "2026-11-23T23:25:14.000Z O one\n2026-11-23T23:25:14.000Z O two\n";
  FifoPair pair_;
  std::unique_ptr<Spool> spool_;
};

TEST_F(SpoolTest, KilledAfterTaking) {
  expect_after_restart({"O old", "O one", "O two"});
}

TEST_F(SpoolTest, KilledAfterAnnouncing) {
  intend(kNew.size());
  expect_after_restart({"O old", "O one", "O two"});
}

TEST_F(SpoolTest, KilledInTheMiddleOfTheWrite) {
  intend(kNew.size());
  append(kNew.substr(0, 40));
  expect_after_restart({"O old", "O one", "O two"});
}

TEST_F(SpoolTest, KilledAfterTheWrite) {
  intend(kNew.size());
  append(kNew);
  expect_after_restart({"O old", "O one", "O two"});
}

TEST_F(SpoolTest, KilledAfterTheLastNote) {
  intend(kNew.size());
  append(kNew);
  ASSERT_TRUE(spool_->finish(8));
  expect_after_restart({"O old", "O one", "O two"});
}

TEST_F(SpoolTest, KilledAfterDropping) {
  ASSERT_TRUE(spool_->set_skip({4, 1}));
  spool_->forget(4);
  expect_after_restart({"O old", "- 1 lines dropped", "O two"});
}

TEST_F(SpoolTest, KilledBeforeTheFirstByte) {
  spool_.reset();
  ASSERT_EQ(truncate((options.spools + "/a.1.out").c_str(), 0), 0);
  write(pair_.keep_out.get(), "three\n");
  expect_after_restart({"O old", "O three"});
}

TEST_F(SpoolTest, MemoryOfWhatIsDoneIsGivenBack) {
  const std::string line(999, 'x');
  for (int i = 0; i < 1000; ++i) {
    write(pair_.keep_out.get(), line + "\n");
    ASSERT_EQ(spool_->take(pair_.keep_out.get(), 1U << 20U).value(), 1000U);
    spool_->forget(spool_->taken());
  }
  struct stat status{};
  ASSERT_EQ(stat((options.spools + "/a.1.out").c_str(), &status), 0);
  EXPECT_EQ(status.st_size, 1'000'008 + 4096);
  EXPECT_LE(status.st_blocks * 512, 64 << 10);
  write(pair_.keep_out.get(), "next\n");
  ASSERT_EQ(spool_->take(pair_.keep_out.get(), 100).value(), 5U);
  EXPECT_EQ(spool_->read(spool_->taken() - 5, 5).value(), "next\n");
}

}  // namespace
}  // namespace ros::logd
