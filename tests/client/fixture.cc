#include "client/fixture.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "sys/files.h"
#include "sys/process.h"

namespace ros::containerd {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) ADD_FAILURE() << name << " is not set: start this with tests/client/run";
  return value == nullptr ? "" : value;
}

}  // namespace

std::string test_folder() {
  static const std::string folder = environment("CLIENT_TEST_FOLDER");
  return folder;
}

Program::Program(const std::string& name, std::vector<std::string> argv) {
  const std::string log = fmt::format("{}/{}.log", test_folder(), name);
  const sys::UniqueFd out(open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  sys::Command command;
  command.argv = std::move(argv);
  command.environment = {"PATH=" + environment("PATH")};
  command.stdout_fd = out.get();
  command.stderr_fd = out.get();
  const Result<pid_t> pid = sys::spawn(command);
  if (!pid) ADD_FAILURE() << pid.error().message;
  pid_ = pid ? *pid : 0;
}

void Program::kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  waitpid(std::exchange(pid_, 0), nullptr, 0);
}

ClientTest::ClientTest() : client_(connect(*loop_, options())) {
  start_daemon();
}

ClientTest::~ClientTest() {
  const auto left = await(client_->list_containers("", kCall));
  EXPECT_TRUE(left);
  if (!left) return;
  for (const auto& container : *left) {
    EXPECT_TRUE(HasFailure()) << container.id << " is left";
    remove(container.id);
  }
}

ClientOptions ClientTest::options() const {
  return {.socket = test_folder() + "/state/containerd.sock", .name_space = "system"};
}

void ClientTest::start_daemon() {
  daemon_ = std::make_unique<Program>(
      "containerd", std::vector<std::string>{environment("CLIENT_TEST_CONTAINERD"), "--config",
                                             test_folder() + "/containerd.toml"});
  for (int tries = 0; tries < 600; ++tries) {
    if (await(client_->version(kCall))) return;
    run_for(Millis(100));
  }
  FAIL() << "the daemon does not answer, see " << test_folder() << "/containerd.log";
}

void ClientTest::run_until(const std::function<bool()>& done) {
  const auto limit = loop_->after(Millis(120'000), [] {
    fmt::print(stderr, "the test waits for something that does not come\n");
    std::abort();
  });
  while (!done()) EXPECT_TRUE(loop_->run());
  loop_->cancel(limit);
}

void ClientTest::run_for(Millis time) {
  bool over = false;
  loop_->after(time, [&] {
    over = true;
    loop_->stop();
  });
  run_until([&over] { return over; });
}

std::string ClientTest::seccomp_profile() {
  return sys::Files().read(environment("CLIENT_TEST_SECCOMP")).value();
}

config::ServiceDefinition ClientTest::service(const std::string& script) {
  config::ServiceDefinition definition;
  definition.name = "test";
  definition.command = {"/bin/sh", "-c", script};
  definition.read_only = true;
  definition.pids_limit = -1;  // the controller may be one of cgroup v1 here
  return definition;
}

Container ClientTest::container(const std::string& id,
                                const config::ServiceDefinition& definition) {
  const auto spec = build_spec({.service = definition,
                                .image = {},
                                .id = id,
                                .cgroup_path = environment("CLIENT_TEST_CGROUP") + "/" + id,
                                .seccomp_profile = seccomp_profile()});
  EXPECT_TRUE(spec) << (spec ? "" : spec.error().message);
  Container result;
  result.id = id;
  result.labels = {{"service", definition.name}};
  result.spec_json = spec ? *spec : "";
  return result;
}

NewTask ClientTest::task(const std::string& id) {
  NewTask result;
  result.container_id = id;
  result.rootfs = {{test_folder() + "/rootfs", "", "", {"rbind", "ro"}}};
  return result;
}

std::uint32_t ClientTest::run(const Container& container) {
  const auto created = await(client_->create_container(container, kCall));
  EXPECT_TRUE(created) << created.error().message;
  const auto pid = await(client_->create_task(task(container.id), kCall));
  EXPECT_TRUE(pid) << pid.error().message;
  const auto started = await(client_->start_task(container.id, kCall));
  EXPECT_TRUE(started) << started.error().message;
  return pid ? *pid : 0;
}

TaskInfo ClientTest::only_task() {
  const auto tasks = await(client_->list_tasks(kCall));
  EXPECT_TRUE(tasks && tasks->size() == 1);
  return tasks && !tasks->empty() ? tasks->front() : TaskInfo{};
}

void ClientTest::remove(const std::string& id) {
  const auto killed = await(client_->kill_task(id, SIGKILL, true, kCall));
  if (killed) {
    EXPECT_TRUE(await(client_->wait_task(id, kCall)));
  }
  const auto ended = await(client_->delete_task(id, kCall));
  if (!ended) {
    EXPECT_EQ(ended.error().code, ENOENT) << ended.error().message;
  }
  const auto gone = await(client_->delete_container(id, kCall));
  EXPECT_TRUE(gone) << gone.error().message;
}

Output::Output(const std::string& name) : path_(test_folder() + "/" + name) {
  EXPECT_EQ(mkfifo(path_.c_str(), 0600), 0);
  fd_.reset(open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
}

Output::~Output() {
  unlink(path_.c_str());
}

std::string Output::read_all() const {
  std::string text;
  std::array<char, 4096> buffer;
  for (;;) {
    const auto size = read(fd_.get(), buffer.data(), buffer.size());
    if (size <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(size));
  }
}

}  // namespace ros::containerd
