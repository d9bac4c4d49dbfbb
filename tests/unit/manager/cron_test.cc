#include "manager/cron.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/fake_loop.h"

namespace ros::manager {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CronTest : public ::testing::Test {
 protected:
  void begin(const std::string& schedule) {
    config::ServiceDefinition job;
    job.name = "job";
    job.schedule = schedule;
    config::ServiceDefinition other;
    other.name = "other";
    cron_.set({job, other});
  }
  std::vector<std::string> at(std::time_t time) {
    now_ = time;
    started_.clear();
    cron_.tick();
    return started_;
  }

  std::time_t now_ = 1'000'000'020;  // a whole minute
  std::vector<std::string> started_;
  fakes::FakeLoop loop_;
  Cron cron_{loop_, [this] { return now_; },
             [this](const std::string& service) { started_.push_back(service); }};
};

TEST_F(CronTest, StartsWhatIsDueOnce) {
  begin("0 * * * * *");
  const std::time_t start = now_;
  EXPECT_THAT(at(start + 59), IsEmpty());
  EXPECT_THAT(at(start + 60), ElementsAre("job"));
  EXPECT_THAT(at(start + 60), IsEmpty());
  EXPECT_THAT(at(start + 121), ElementsAre("job"));
}

TEST_F(CronTest, AJumpForwardCountsOnceAndAJumpBackIsFollowed) {
  begin("@every 60s");
  const std::time_t start = now_;
  EXPECT_THAT(at(start + 10 * 365 * 86'400), ElementsAre("job"));
  EXPECT_THAT(at(start), IsEmpty());
  EXPECT_THAT(at(start + 60), ElementsAre("job"));
}

TEST_F(CronTest, WakesUpWhenSomethingIsDueAndWhenTheClockIsSet) {
  begin("@every 3600s");
  loop_.run_for(sys::Millis(3'599'000));
  EXPECT_THAT(started_, IsEmpty());
  now_ += 3600;
  loop_.run_for(sys::Millis(1'000));
  EXPECT_THAT(started_, ElementsAre("job"));
  now_ += 86'400;
  loop_.run_for(sys::Millis(60'000));
  EXPECT_THAT(started_, ElementsAre("job")) << "nobody has said so";
  cron_.clock_was_set();
  loop_.run_for(sys::Millis(1'000));
  EXPECT_THAT(started_, ElementsAre("job", "job"));
}

// A change of the configuration neither repeats nor delays what stays the same.
TEST_F(CronTest, AScheduleThatStaysGoesOn) {
  begin("@every 60s");
  const std::time_t start = now_;
  EXPECT_THAT(at(start + 50), IsEmpty());
  begin("@every 60s");
  EXPECT_THAT(at(start + 60), ElementsAre("job"));
  now_ = start + 110;
  begin("@every 30s");
  EXPECT_THAT(at(start + 120), IsEmpty());
  EXPECT_THAT(at(start + 140), ElementsAre("job"));
}

}  // namespace
}  // namespace ros::manager
