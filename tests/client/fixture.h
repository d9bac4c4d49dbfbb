// What the tests against the real daemon share: the daemon itself, a client, and containers of a
// busybox root. The folder, the configuration and the programs are prepared by tests/client/run.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "containerd/client.h"
#include "containerd/oci_spec.h"
#include "sys/event_loop.h"
#include "sys/fd.h"
#include "sys/task.h"

namespace ros::containerd {

using sys::Millis;

constexpr Millis kCall{60'000};  // slow machines: no test waits for it

// Folder of the run: rootfs/ (busybox), containerd.toml, state/containerd.sock, logs.
[[nodiscard]] std::string test_folder();

// One process of the test: containerd, the registry. Killed when it goes.
class Program {
 public:
  Program(const std::string& name, std::vector<std::string> argv);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program() { kill(); }
  void kill();  // SIGKILL, waits for the end

 private:
  pid_t pid_ = 0;
};

class ClientTest : public ::testing::Test {
 protected:
  ClientTest();
  ~ClientTest() override;

  void start_daemon();  // and waits until it answers
  void kill_daemon() { daemon_.reset(); }
  [[nodiscard]] ClientOptions options() const;

  // Runs the loop until the task ends.
  template <class T>
  T await(sys::Task<T> task) {
    std::optional<T> result;
    sys::start<T>(std::move(task), [&](T value) {
      result.emplace(std::move(value));
      loop_->stop();
    });
    if (!result) run_until([&result] { return result.has_value(); });
    return std::move(*result);
  }
  // Runs the loop until `done`; ends the whole program when that takes a minute.
  void run_until(const std::function<bool()>& done);
  void run_for(Millis time);

  // A service that runs `script` with the busybox shell.
  [[nodiscard]] static config::ServiceDefinition service(const std::string& script);
  [[nodiscard]] static Container container(const std::string& id,
                                           const config::ServiceDefinition& definition);
  [[nodiscard]] static std::string seccomp_profile();  // Docker's, as services get it
  [[nodiscard]] static NewTask task(const std::string& id);
  // create_container, create_task, start_task; gives the pid.
  std::uint32_t run(const Container& container);
  // The one task there is.
  TaskInfo only_task();
  // Task and container `id`: killed, waited for and deleted.
  void remove(const std::string& id);

  std::unique_ptr<sys::EventLoop> loop_ = sys::EventLoop::create().value();
  std::unique_ptr<Program> daemon_;
  std::unique_ptr<Client> client_;
};

// A FIFO as a task's output.
class Output {
 public:
  explicit Output(const std::string& name);
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string read_all() const;  // what is there now

 private:
  std::string path_;
  sys::UniqueFd fd_;
};

#define ASSERT_OK(result) ASSERT_TRUE(result) << (result).error().message

}  // namespace ros::containerd
