// A machine with services below a manager that can be killed: Keeper, runner and supervisor are
// real, time and containerd are not.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "fakes/fake_background.h"
#include "fakes/fake_containerd.h"
#include "fakes/fake_loop.h"
#include "fakes/temp_root.h"
#include "manager/keeper.h"

namespace ros::manager {

// Always restarted, of a built-in image.
inline config::ServiceDefinition service(const std::string& name,
                                         std::vector<std::string> after = {}) {
  config::ServiceDefinition definition;
  definition.name = name;
  definition.image = "builtin";
  definition.command = {"/" + name};
  definition.after = std::move(after);
  definition.restart.kind = config::RestartKind::kAlways;
  return definition;
}

class World {
 public:
  explicit World(std::vector<config::ServiceDefinition> services)
      : services_(std::move(services)), root_(in_memory()) {
    root_.write("/images/builtin/config.json", "{}");
    root_.write("/usr/share/ros/seccomp.json", R"({"syscalls": []})");
    root_.directory("/run/ros/manager");
    begin_manager();
  }

  void begin_manager() {
    loop_ = std::make_unique<fakes::FakeLoop>(now_);
    background_ = std::make_unique<fakes::FakeBackground>(*loop_);
    containerd.serve(*loop_);
    images_ =
        std::make_unique<ImageStore>(*loop_, containerd, files_, [] { return Result<void>(); });
    keeper_ = std::make_unique<Keeper>(
        *loop_, *background_, containerd, *images_, files_, services_,
        std::vector<supervise::Rejected>{}, [](const supervise::Change&) {},
        [this] { shut_down_ = true; });
    keeper_->containerd_answers();
  }
  // As SIGKILL does: nothing of it runs on. The next one begins a moment later.
  void kill_manager() {
    now_ = loop_->now() + sys::Millis(50);
    keeper_.reset();
    images_.reset();
    background_.reset();
    loop_.reset();
  }

  [[nodiscard]] fakes::FakeLoop& loop() { return *loop_; }
  [[nodiscard]] bool begun() const { return keeper_->begun(); }
  [[nodiscard]] supervise::Status status(const std::string& name) const {
    return keeper_->supervisor().status(name).value();
  }
  [[nodiscard]] bool ready(const std::string& name) const {
    return status(name).state == supervise::State::kReady;
  }
  [[nodiscard]] bool down(const std::string& name) const {
    return status(name).state == supervise::State::kDown;
  }
  [[nodiscard]] std::string id(const std::string& name) const {
    return supervise::Id{name, status(name).generation}.text();
  }
  [[nodiscard]] bool until_ready(const std::string& name) {
    return loop_->run_until([&] { return ready(name); });
  }
  [[nodiscard]] bool until_down(const std::string& name) {
    return loop_->run_until([&] { return down(name); });
  }
  // Until containerd has been asked this.
  [[nodiscard]] bool until_asked(const std::string& call) {
    return loop_->run_until([&] { return containerd.count(call) > 0; });
  }

  void stop(const std::string& name) {
    EXPECT_TRUE(keeper_->supervisor().stop(loop_->now(), name));
    keeper_->pump();
  }
  [[nodiscard]] bool shut_down(sys::Millis limit) {
    keeper_->supervisor().shutdown(loop_->now(), limit);
    keeper_->pump();
    return loop_->run_until([&] { return shut_down_; });
  }
  void restart(const std::string& name) {
    EXPECT_TRUE(keeper_->supervisor().restart(loop_->now(), name));
    keeper_->pump();
  }

  // What there is of containers, in containerd and in the file system.
  [[nodiscard]] std::vector<std::string> everything() const {
    auto all = containerd.everything();
    for (const std::string folder : {"/run/ros/services", "/run/ros/logs", "/run/ros/notify"}) {
      for (const auto& name : files_.list(folder).value_or(std::vector<std::string>{}))
        all.push_back(folder + "/" + name);
    }
    return all;
  }

  fakes::FakeContainerd containerd;

 private:
  // Where fsync(2) costs nothing.
  static std::string in_memory() {
    return std::filesystem::exists("/dev/shm") ? "/dev/shm/" : ::testing::TempDir();
  }

  std::vector<config::ServiceDefinition> services_;
  fakes::TempRoot root_;
  sys::Files files_ = root_.files();
  sys::Millis now_{1000};
  bool shut_down_ = false;
  std::unique_ptr<fakes::FakeLoop> loop_;
  std::unique_ptr<fakes::FakeBackground> background_;
  std::unique_ptr<ImageStore> images_;
  std::unique_ptr<Keeper> keeper_;
};

}  // namespace ros::manager
