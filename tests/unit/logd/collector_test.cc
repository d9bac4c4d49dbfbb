#include "logd/collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "unit/logd/harness.h"

namespace ros::logd {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using Lines = std::vector<std::string>;

class CollectorTest : public ::testing::Test, protected Harness {
 protected:
  [[nodiscard]] FifoPair fifos(const std::string& id) {
    return make_fifos(root.files(), id).value();
  }
  [[nodiscard]] std::string last_line(const std::string& service) const {
    const auto all = lines(service);
    return all.empty() ? "" : all.back();
  }
  [[nodiscard]] bool wait_for(const std::string& service, const Lines& expected) {
    const bool held = wait([&] { return lines(service) == expected; });
    EXPECT_EQ(lines(service), expected);
    return held;
  }
};

TEST_F(CollectorTest, BringsBothStreamsIntoOneFile) {
  const auto pair = fifos("docker.1");
  start();
  write(pair.keep_out.get(), "hello\nwor");
  EXPECT_TRUE(wait_for("docker", {"O hello"}));
  write(pair.keep_err.get(), "oops\n");
  EXPECT_TRUE(wait_for("docker", {"O hello", "E oops"}));
  write(pair.keep_out.get(), "ld\n");
  EXPECT_TRUE(wait_for("docker", {"O hello", "E oops", "O world"}));
}

TEST_F(CollectorTest, FindsFifosMadeLaterAndNewGenerations) {
  start();
  const auto first = fifos("a.b.1");
  write(first.keep_out.get(), "one\n");
  EXPECT_TRUE(wait_for("a.b", {"O one"}));
  const auto second = fifos("a.b.2");
  write(second.keep_out.get(), "two\n");
  EXPECT_TRUE(wait_for("a.b", {"O one", "O two"}));
}

TEST_F(CollectorTest, ADirectoryThatCantBeWrittenToIsReplaced) {
  int replaced = 0;
  options.replace = [&](const std::string& directory) -> Result<void> {
    if (++replaced == 1) return fail("not yet");
    std::filesystem::remove(directory);
    return {};
  };
  root.write("/var/log/services", "no directory");
  const auto pair = fifos("a.1");
  start();
  write(pair.keep_out.get(), "hello\n");
  EXPECT_TRUE(wait_for("a", {"O hello"}));
  EXPECT_EQ(replaced, 2);
}

TEST_F(CollectorTest, RemovedFifosAreReadToTheEnd) {
  start();
  const auto pair = fifos("a.1");
  write(pair.keep_out.get(), "hello\n");
  EXPECT_TRUE(wait([&] { return pair.drained(); }));
  write(pair.keep_out.get(), "last words\nwithout end");
  remove_fifos(root.files(), "a.1");
  EXPECT_TRUE(wait_for("a", {"O hello", "O last words", "O without end"}));
  EXPECT_TRUE(pair.drained());
  EXPECT_TRUE(wait([&] { return std::filesystem::is_empty(options.spools); }));
}

TEST_F(CollectorTest, NothingIsLostOrRepeatedOverRestarts) {
  auto pair = fifos("a.1");
  Lines expected;
  for (int round = 0; round < 10; ++round) {
    start();
    for (int i = 0; i < 20; ++i) {
      const std::string text = std::to_string(round) + "." + std::to_string(i);
      write(pair.keep_out.get(), text + "\n");
      expected.push_back("O " + text);
    }
    // Killed before, while or after it looks at them.
    (void)wait([&, turns = 0]() mutable { return ++turns > round; });
    kill();
    write(pair.keep_out.get(), "between\n");
    expected.emplace_back("O between");
  }
  start();
  EXPECT_TRUE(wait_for("a", expected));
}

TEST_F(CollectorTest, OutputOfAContainerThatWentMeanwhileIsKept) {
  {
    const auto pair = fifos("a.1");
    start();
    write(pair.keep_out.get(), "seen\npart");
    EXPECT_TRUE(wait_for("a", {"O seen"}));
    EXPECT_TRUE(wait([&] { return pair.drained(); }));
    kill();
    remove_fifos(root.files(), "a.1");
  }
  start();
  EXPECT_TRUE(wait_for("a", {"O seen", "O part"}));
  EXPECT_TRUE(wait([&] { return std::filesystem::is_empty(options.spools); }));
}

TEST_F(CollectorTest, WaitsForTheLogDirectory) {
  root.write("/var/log", "a file where the directory is to be");
  const auto pair = fifos("a.1");
  start();
  write(pair.keep_out.get(), "early\n");
  EXPECT_TRUE(wait([&] { return pair.drained(); }));
  ASSERT_TRUE(root.files().remove("/var/log"));
  EXPECT_TRUE(wait_for("a", {"O early"}));
}

TEST_F(CollectorTest, ADiskThatDoesNotWriteNeverBlocksAService) {
  root.write("/var/log", "");
  options.spool_bytes = 256 << 10;
  const auto pair = fifos("a.1");
  start();
  constexpr int kCount = 20'000;
  constexpr std::size_t kSize = 100;
  int sent = 0;
  EXPECT_TRUE(wait([&] {
    for (int i = 0; i < 500 && sent < kCount; ++i, ++sent) {
      std::string text = std::to_string(sent);
      text.resize(kSize - 1, '.');
      write(pair.keep_out.get(), text + "\n");  // non-blocking: fails when the FIFO is full
    }
    return sent == kCount && pair.drained();
  }));
  ASSERT_TRUE(root.files().remove("/var/log"));
  options.limits.file_bytes = 100 << 20;
  std::string last = "O " + std::to_string(kCount - 1);
  last.resize(kSize + 1, '.');
  ASSERT_TRUE(wait([&] { return last_line("a") == last; }));
  const auto all = lines("a");
  ASSERT_THAT(all.front(), EndsWith(" lines dropped"));
  const int dropped = std::stoi(all.front().substr(2));
  EXPECT_EQ(static_cast<std::size_t>(dropped) + all.size() - 1, kCount);
  EXPECT_EQ(std::stoi(all.at(1).substr(2)), dropped);
}

TEST_F(CollectorTest, RotatesBySizeAndKeepsTheTotal) {
  options.limits = {2000, 3, 4500};
  const auto pair = fifos("a.1");
  const auto other = fifos("b.1");
  start();
  for (int i = 0; i < 300; ++i) {
    write(pair.keep_out.get(), "line " + std::to_string(i) + "\n");
    if (i % 10 == 9) {
      ASSERT_TRUE(wait([&] { return last_line("a") == "O line " + std::to_string(i); }));
    }
  }
  const auto newest = lines("a");
  const auto older = lines("a", 1);
  EXPECT_EQ(newest.back(), "O line 299");
  EXPECT_EQ(std::stoi(newest.front().substr(7)), std::stoi(older.back().substr(7)) + 1);
  EXPECT_TRUE(lines("a", 3).empty());
  write(other.keep_out.get(), std::string(1500, 'x') + "\n");
  ASSERT_TRUE(wait([&] { return !lines("b").empty(); }));
  write(other.keep_out.get(), std::string(1500, 'y') + "\n");  // rotates, and meets the total
  ASSERT_TRUE(wait([&] { return !lines("b", 1).empty() && collector->idle(); }));
  std::uintmax_t total = 0;
  for (const auto& entry : std::filesystem::directory_iterator(options.logs)) {
    total += entry.file_size();
  }
  EXPECT_LE(total, 4500U + 1600U);
}

TEST_F(CollectorTest, ALogFileThatIsRemovedIsMadeAnew) {
  const auto pair = fifos("a.1");
  start();
  write(pair.keep_out.get(), "one\n");
  EXPECT_TRUE(wait_for("a", {"O one"}));
  ASSERT_TRUE(root.files().remove("/var/log/services/a.log"));
  write(pair.keep_out.get(), "two\n");
  EXPECT_TRUE(wait_for("a", {"O two"}));
}

TEST_F(CollectorTest, FinishBringsEverythingToTheDisk) {
  const auto pair = fifos("a.1");
  start();
  write(pair.keep_out.get(), "one\ntwo\n");
  collector->finish();
  EXPECT_TRUE(wait([&] { return collector->idle(); }));
  EXPECT_EQ(lines("a"), (Lines{"O one", "O two"}));
}

TEST_F(CollectorTest, ForeignFilesAreLeftAlone) {
  root.write("/run/ros/logs/a.1.out", "no FIFO");
  root.write("/run/ros/logs/readme", "text");
  root.write("/run/ros/logs/spool/b.1.out", std::string(5000, 'x'));  // damaged
  const auto pair = fifos("c.1");
  start();
  write(pair.keep_out.get(), "one\n");
  EXPECT_TRUE(wait_for("c", {"O one"}));
  EXPECT_EQ(root.read("/run/ros/logs/a.1.out"), "no FIFO");
  EXPECT_FALSE(make_fifos(root.files(), "a.1"));
}

}  // namespace
}  // namespace ros::logd
