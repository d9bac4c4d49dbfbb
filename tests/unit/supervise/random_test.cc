// Random worlds and random events, from fixed seeds: whatever happens, the promises hold.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "unit/supervise/harness.h"

namespace ros::supervise {
namespace {

// A runtime that obeys actions late, in any order, and sometimes fails.
class World {
 public:
  explicit World(unsigned seed) : random_(seed), services_(make_services()) { make_manager({}); }

  void step() {
    obey();
    switch (below(9)) {
      case 0:
      case 1:
      case 2:
        answer_one();
        break;
      case 3:
        end_one();
        break;
      case 4:
        ready_one();
        break;
      case 5:
        advance(Millis(below(2000)));
        break;
      case 6:
        request();
        break;
      case 7:
        stray_answers();
        break;
      case 8:
        if (below(20) == 0) new_manager();
        if (below(10) == 0) supervisor_->resync(now_, existing());
        break;
    }
    obey();
    check();
  }

  // Events stop failing; the shutdown must come to its end in bounded time.
  void finish(bool runtime_is_dead) {
    supervisor_->shutdown(now_, Millis(20'000));
    const Millis limit = now_ + Millis(22'000);
    while (!supervisor_->shutdown_done()) {
      obey();
      check();
      const auto next = supervisor_->next_deadline();
      ASSERT_TRUE(next);
      if (runtime_is_dead || (pending_.empty() && signalled_.empty())) {
        now_ = std::max(now_, *next);
        ASSERT_LE(now_, limit);
        supervisor_->tick(now_);
        continue;
      }
      if (!pending_.empty()) answer_one();
      if (!signalled_.empty()) end(*signalled_.begin());
    }
    EXPECT_TRUE(runtime_is_dead || running_.empty());
  }

 private:
  unsigned below(unsigned limit) { return static_cast<unsigned>(random_() % limit); }

  std::vector<config::ServiceDefinition> make_services() {
    std::vector<config::ServiceDefinition> services;
    const std::string names = "abcdefgh";
    for (const char name : names) {
      auto each = service(std::string(1, name));
      for (const char other : names) {
        if (below(6) == 0 && (other < name || below(12) == 0)) each.after.emplace_back(1, other);
        if (below(10) == 0) each.before.emplace_back(1, other);
      }
      each.restart = {static_cast<config::RestartKind>(below(3)), static_cast<int>(below(4))};
      each.ready.kind = static_cast<config::ReadinessKind>(below(4));
      each.ready.limit = Millis(1000 + below(3000));
      each.detach = below(5) != 0;
      each.create_only = below(8) == 0;
      each.stop_grace = Millis(below(5000));
      services.push_back(each);
    }
    return services;
  }

  void make_manager(const std::vector<Memory>& memory) {
    supervisor_ = std::make_unique<Supervisor>(services_, std::vector<Rejected>{{"z", "broken"}});
    supervisor_->adopt(now_, existing(), memory);
    supervisor_->boot(now_);
  }

  // kill -9 of the manager, with or without its memory; a definition may change meanwhile.
  void new_manager() {
    obey();
    const auto memory = supervisor_->memory();
    for (const auto& id : std::exchange(pending_, {})) {
      if (below(2) == 0) containers_.insert(id);
    }
    services_[below(8)].image += "x";
    const bool remembered = below(3) != 0;
    signalled_.clear();
    removing_.clear();
    if (!remembered) used_ = containers_;
    make_manager(remembered ? memory : std::vector<Memory>{});
  }

  std::vector<Existing> existing() {
    std::vector<Existing> all;
    for (const auto& id : containers_) {
      Existing each{id.text(), true, "", Existing::Task::kNone, 0, 0};
      if (running_.contains(id)) each.task = Existing::Task::kRunning;
      if (ended_.contains(id)) each.task = Existing::Task::kStopped;
      all.push_back(each);
    }
    return all;
  }

  void obey() {
    for (const auto& action : supervisor_->take_actions()) {
      const Id& id = id_of(action);
      if (std::holds_alternative<Start>(action)) {
        EXPECT_TRUE(used_.insert(id).second) << id.text() << " used twice";
        for (const auto& other : running_) EXPECT_NE(other.service, id.service) << "two at once";
        for (const auto& other : pending_) EXPECT_NE(other.service, id.service) << "two at once";
        pending_.insert(id);
        create_only_[id] = std::get<Start>(action).create_only;
        continue;
      }
      EXPECT_TRUE(used_.contains(id)) << "action for the unknown id " << id.text();
      if (std::holds_alternative<Stop>(action) || std::holds_alternative<Kill>(action)) {
        if (running_.contains(id)) signalled_.insert(id);
      } else if (std::holds_alternative<Remove>(action)) {
        EXPECT_FALSE(pending_.contains(id)) << "removed while it starts";
        running_.erase(id);
        ended_.erase(id);
        signalled_.erase(id);
        containers_.erase(id);
        removing_.insert(id);
      }
    }
    (void)supervisor_->take_changes();
  }

  void answer_one() {
    if (!removing_.empty() && (pending_.empty() || below(2) == 0)) {
      const Id id = *removing_.begin();
      removing_.erase(id);
      supervisor_->removed(now_, id);
      return;
    }
    if (pending_.empty()) return;
    const Id id = *std::next(pending_.begin(), below(static_cast<unsigned>(pending_.size())));
    pending_.erase(id);
    if (below(4) == 0) {
      supervisor_->start_failed(now_, id, "because");
      return;
    }
    containers_.insert(id);
    if (create_only_[id]) {
      supervisor_->created(now_, id);
      return;
    }
    if (below(8) == 0) {
      supervisor_->exited(now_, id, static_cast<int>(below(3)));
      ended_.insert(id);
    } else {
      running_.insert(id);
    }
    supervisor_->started(now_, id, 1000);
  }

  void end(Id id) {
    running_.erase(id);
    signalled_.erase(id);
    ended_.insert(id);
    supervisor_->exited(now_, id, static_cast<int>(below(3)));
  }

  void end_one() {
    if (running_.empty()) return;
    end(*std::next(running_.begin(), below(static_cast<unsigned>(running_.size()))));
  }

  void ready_one() {
    if (running_.empty()) return;
    supervisor_->ready(now_,
                       *std::next(running_.begin(), below(static_cast<unsigned>(running_.size()))));
  }

  void advance(Millis time) {
    now_ += time;
    supervisor_->tick(now_);
  }

  void request() {
    const std::string name = services_[below(8)].name;
    switch (below(3)) {
      case 0:
        (void)supervisor_->start(now_, name);
        break;
      case 1:
        (void)supervisor_->stop(now_, name);
        break;
      case 2:
        (void)supervisor_->restart(now_, name, Millis(below(3000)));
        break;
    }
  }

  void stray_answers() {
    const Id id{services_[below(8)].name, 900'000};
    supervisor_->started(now_, id, 1);
    supervisor_->exited(now_, id, 1);
    supervisor_->ready(now_, id);
    supervisor_->removed(now_, id);
    supervisor_->start_failed(now_, {"nobody", 1}, "");
    EXPECT_TRUE(supervisor_->take_actions().empty());
  }

  void check() {
    std::set<std::string> seen;
    for (const auto& id : running_) {
      EXPECT_TRUE(seen.insert(id.service).second) << "two generations of " << id.service;
    }
    for (const auto& each : supervisor_->list()) {
      EXPECT_TRUE(each.state != State::kFailed || !each.reason.empty()) << each.service;
      EXPECT_TRUE(each.state != State::kWaiting || each.desired == Desired::kUp) << each.service;
    }
  }

  std::mt19937 random_;
  Millis now_{1000};
  std::vector<config::ServiceDefinition> services_;
  std::unique_ptr<Supervisor> supervisor_;
  std::set<Id> used_, pending_, removing_, containers_, running_, ended_, signalled_;
  std::map<Id, bool> create_only_;
};

TEST(RandomWorlds, KeepThePromises) {
  for (unsigned seed = 0; seed < 200 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    World world(seed);
    for (int i = 0; i < 300 && !::testing::Test::HasFailure(); ++i) world.step();
    world.finish(seed % 4 == 0);
  }
}

}  // namespace
}  // namespace ros::supervise
