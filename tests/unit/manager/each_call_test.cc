// One life of two services, again and again: each time another of its calls to containerd fails, or
// the manager is killed at it. Whatever it is, the services get where they are to go.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>

#include "base/log.h"
#include "unit/manager/world.h"

namespace ros::manager {
namespace {

using fakes::Fault;
using sys::Millis;
using ::testing::IsEmpty;

// Of one step of a life, when no call's own limit passes, and when that of a pull may.
constexpr Millis kSoon{3000};
constexpr Millis kAfterAPull{610'000};

Millis limit_of(Fault fault) {
  return fault == Fault::kSilent || fault == Fault::kAnswerLate ? kAfterAPull : kSoon;
}

std::vector<config::ServiceDefinition> two_services() {
  auto base = service("base");
  base.image = fakes::kPulledImage;
  base.ready.kind = config::ReadinessKind::kHealth;
  base.healthcheck.test = {"/check"};
  base.healthcheck.interval = Millis(500);
  return {base, service("web", {"base"})};
}

class Life {
 public:
  explicit Life(Millis step_limit) : step_limit_(step_limit) {}

  [[nodiscard]] fakes::FakeContainerd& containerd() { return world_.containerd; }

  // Both start, one fails and starts again, both are stopped.
  void live() {
    const auto both_ready = [this] { return world_.ready("base") && world_.ready("web"); };
    step("start", [] {}, both_ready);
    const auto base = world_.status("base").generation;
    step(
        "failure", [&, id = world_.id("base")] { containerd().end(id, 1); },
        [&] { return both_ready() && world_.status("base").generation > base; });
    step(
        "stop",
        [this] {
          world_.stop("web");
          world_.stop("base");
        },
        [this] {
          return world_.down("web") && world_.down("base") && world_.everything().empty();
        });
    EXPECT_THAT(containerd().wrongs(), IsEmpty());
  }

 private:
  // Whoever asked a manager that was killed asks the next one, if need be.
  void step(const std::string& name, const std::function<void()>& ask,
            const std::function<bool()>& reached) {
    ask();
    bool done = world_.loop().run_until(reached, step_limit_);
    if (containerd().killed()) {
      world_.kill_manager();
      world_.begin_manager();
      ASSERT_TRUE(world_.loop().run_until([this] { return world_.begun(); }, step_limit_)) << name;
      if (!reached()) ask();
      done = world_.loop().run_until(reached, step_limit_);
    }
    EXPECT_TRUE(done) << name << ": " << ::testing::PrintToString(world_.everything());
  }

  Millis step_limit_;
  World world_{two_services()};
};

class EachCallTest : public ::testing::TestWithParam<Fault> {
 protected:
  EachCallTest() { set_log_sink({.threshold = static_cast<LogLevel>(0)}); }
  ~EachCallTest() override { set_log_sink({}); }
};

TEST_P(EachCallTest, MayFail) {
  Life life(kSoon);
  life.live();
  ASSERT_FALSE(HasFailure());
  const auto calls = life.containerd().calls();
  for (std::size_t call = 0; call < calls.size(); ++call) {
    SCOPED_TRACE("call " + std::to_string(call) + ": " + calls[call]);
    Life faulty(limit_of(GetParam()));
    faulty.containerd().fail(call, GetParam());
    faulty.live();
    ASSERT_FALSE(HasFailure()) << ::testing::PrintToString(faulty.containerd().calls());
  }
}

class EachCallOfARestartTest : public EachCallTest {};

// Nobody asks again: the next manager knows, also without a restart policy.
TEST_P(EachCallOfARestartTest, MayBeTheManagersLast) {
  auto definition = service("web");
  definition.restart.kind = config::RestartKind::kNo;
  for (std::size_t call = 0;; ++call) {
    World world({definition});
    ASSERT_TRUE(world.until_ready("web"));
    world.loop().run_for(Millis(10));
    world.containerd.fail(world.containerd.calls().size() + call, GetParam());
    world.restart("web");
    const auto restarted = [&] { return world.ready("web") && world.status("web").generation > 1; };
    const bool done = world.loop().run_until(restarted, kSoon);
    if (!world.containerd.killed()) {
      EXPECT_TRUE(done);
      EXPECT_GE(call, 8U);
      return;
    }
    world.kill_manager();
    world.begin_manager();
    EXPECT_TRUE(world.loop().run_until(restarted, kSoon)) << world.containerd.calls().back();
    EXPECT_THAT(world.containerd.wrongs(), IsEmpty());
  }
}

std::string name_of(const ::testing::TestParamInfo<Fault>& fault) {
  constexpr std::array kNames = {"None",       "Refused", "AnswerLost", "Silent",
                                 "AnswerLate", "Away",    "Killed",     "KilledAfter"};
  return kNames.at(static_cast<std::size_t>(fault.param));
}

INSTANTIATE_TEST_SUITE_P(Faults, EachCallTest,
                         ::testing::Values(Fault::kRefused, Fault::kAnswerLost, Fault::kSilent,
                                           Fault::kAnswerLate, Fault::kAway, Fault::kKilled,
                                           Fault::kKilledAfter),
                         name_of);
INSTANTIATE_TEST_SUITE_P(Faults, EachCallOfARestartTest,
                         ::testing::Values(Fault::kKilled, Fault::kKilledAfter), name_of);

}  // namespace
}  // namespace ros::manager
