// What the manager does while its disk stands still.
#include <gtest/gtest.h>

#include "base/log.h"
#include "fakes/fake_background.h"
#include "fakes/fake_loop.h"
#include "fakes/temp_root.h"
#include "manager/clock_stamp.h"
#include "manager/config_editor.h"
#include "plan/tables.h"

namespace ros::manager {
namespace {

using sys::Millis;
using Lines = std::vector<std::string>;

class FrozenDiskTest : public ::testing::Test {
 protected:
  FrozenDiskTest() {
    set_log_sink({.threshold = LogLevel::kError});
    root_.directory(sys::parent_of(plan::kConfigFile));
  }
  ~FrozenDiskTest() override { set_log_sink({}); }

  fakes::TempRoot root_;
  sys::Files files_ = root_.files();
  fakes::FakeLoop loop_;
  fakes::FakeBackground background_{loop_};
};

TEST_F(FrozenDiskTest, ClockStampsDoNotPileUp) {
  ClockStamp stamp(loop_, background_, files_);
  stamp.begin();
  background_.freeze();
  loop_.run_for(Millis(3'600'000));
  EXPECT_EQ(background_.waiting(), 1U);
  background_.thaw();
  loop_.run_for(Millis(1));
  EXPECT_TRUE(files_.exists(plan::kClockStamp));
}

TEST_F(FrozenDiskTest, ThePowerDoesNotWaitLongForTheLastStamp) {
  ClockStamp stamp(loop_, background_, files_);
  stamp.begin();
  int finished = 0;
  background_.freeze();
  const auto begin = loop_.now();
  stamp.finish([&] { ++finished; });
  ASSERT_TRUE(loop_.run_until([&] { return finished == 1; }));
  EXPECT_LE(loop_.now() - begin, Millis(2'010));
  background_.thaw();
  loop_.run_for(Millis(10'000));
  EXPECT_EQ(finished, 1);
}

class ConfigEditorTest : public FrozenDiskTest {
 protected:
  // Adds a line and keeps the answer's error code, 0 for success.
  void add(const std::string& line) {
    editor_.edit(
        [line](const config::Layer& file) -> Result<std::string> { return file.text + line; },
        [this, line](const Result<void>& done) {
          answers_.push_back(line + std::to_string(done ? 0 : done.error().code));
        });
  }
  [[nodiscard]] std::string text() const { return root_.read(plan::kConfigFile); }

  Lines answers_;
  int reloads_ = 0;
  ConfigEditor editor_{loop_, background_, files_, [this](const ConfigEditor::Done& done) {
                         ++reloads_;
                         done({});
                       }};
};

TEST_F(ConfigEditorTest, ChangesAreMadeInTheirOrder) {
  for (const auto* const line : {"a", "b", "c"}) add(line);
  loop_.run_for(Millis(1));
  EXPECT_EQ(answers_, (Lines{"a0", "b0", "c0"}));
  EXPECT_EQ(text(), "abc");
}

TEST_F(ConfigEditorTest, AChangeThatIsNotTakenInTimeIsAnError) {
  background_.freeze();
  add("a");
  add("b");
  loop_.run_for(Millis(31'000));
  const auto timeout = std::to_string(ETIMEDOUT);
  EXPECT_EQ(answers_, (Lines{"a" + timeout, "b" + timeout}));
  EXPECT_EQ(background_.waiting(), 1U) << "threads pile up";
  background_.thaw();
  add("c");
  loop_.run_for(Millis(1));
  EXPECT_EQ(text(), "ac") << "b was given up, a was with the disk already";
  EXPECT_EQ(reloads_, 2) << "a counts, too";
}

}  // namespace
}  // namespace ros::manager
