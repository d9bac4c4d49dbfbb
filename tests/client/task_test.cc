// Containers, tasks, execs and their events.
#include <csignal>
#include <fstream>
#include <sstream>

#include "client/fixture.h"
#include "containerd/decode.h"

namespace ros::containerd {
namespace {

using TaskTest = ClientTest;

std::string read_file(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Field 4 of /proc/PID/stat.
std::string parent_of(std::uint32_t pid) {
  std::istringstream stat(read_file("/proc/" + std::to_string(pid) + "/stat"));
  std::string field;
  for (int i = 0; i < 4; ++i) stat >> field;
  return field;
}

TEST_F(TaskTest, Version) {
  const auto version = await(client_->version(kCall));
  ASSERT_OK(version);
  EXPECT_TRUE(version->starts_with("2.3.")) << *version;
}

TEST_F(TaskTest, LifeOfAContainer) {
  auto made = container("life.1", service("echo hello; exit 7"));
  made.image = "busybox";
  made.shim_group = "small";
  ASSERT_OK(await(client_->create_container(made, kCall)));
  const auto listed = await(client_->list_containers("labels.service==test", kCall));
  ASSERT_OK(listed);
  ASSERT_EQ(listed->size(), 1U);
  EXPECT_EQ(listed->front().id, "life.1");
  EXPECT_EQ(listed->front().labels, made.labels);
  EXPECT_EQ(listed->front().image, "busybox");
  EXPECT_EQ(listed->front().shim_group, "small");
  EXPECT_EQ(shim_group_of(listed->front().spec_json), "small");
  EXPECT_TRUE(await(client_->list_containers("labels.service==other", kCall))->empty());

  const Output output("life.out");
  NewTask started = task("life.1");
  started.stdout_path = output.path();
  started.stderr_path = output.path();
  const auto pid = await(client_->create_task(started, kCall));
  ASSERT_OK(pid);
  const TaskInfo created = only_task();
  EXPECT_EQ(created.container_id, "life.1");
  EXPECT_EQ(created.pid, *pid);
  EXPECT_EQ(created.status, TaskStatus::kCreated);

  // Wait is on its way before Start.
  std::optional<Result<TaskExit>> exit;
  sys::start<Result<TaskExit>>(client_->wait_task("life.1", Millis(0)), [&](Result<TaskExit> end) {
    exit = std::move(end);
    loop_->stop();
  });
  ASSERT_OK(await(client_->start_task("life.1", kCall)));
  run_until([&exit] { return exit.has_value(); });
  ASSERT_OK(*exit);
  EXPECT_EQ((*exit)->code, 7U);
  EXPECT_EQ(only_task().status, TaskStatus::kStopped);
  EXPECT_EQ(only_task().exit_code, 7U);
  const auto deleted = await(client_->delete_task("life.1", kCall));
  ASSERT_OK(deleted);
  EXPECT_EQ(deleted->code, 7U);
  EXPECT_EQ(output.read_all(), "hello\n");
  ASSERT_OK(await(client_->delete_container("life.1", kCall)));
}

// Docker's profile with the real runtime: making a user namespace is among what it refuses.
TEST_F(TaskTest, SystemCallsOutsideOfTheProfileAreRefused) {
  const auto code = [this](const std::string& id, bool seccomp) {
    auto definition = service("/bin/busybox unshare -U /bin/true");
    definition.security.seccomp = seccomp;
    run(container(id, definition));
    const auto exit = await(client_->wait_task(id, kCall));
    remove(id);
    return exit.value().code;
  };
  EXPECT_NE(code("filtered.1", true), 0U);
  EXPECT_EQ(code("free.1", false), 0U);
}

TEST_F(TaskTest, EventsComeInOrder) {
  std::vector<Event> events;
  auto stream =
      await(client_->subscribe([&](const Event& event) { events.push_back(event); },
                               [](const Error& error) { FAIL() << error.message; }, kCall));
  ASSERT_OK(stream);
  const std::uint32_t pid = run(container("events.1", service("exit 7")));
  ASSERT_OK(await(client_->wait_task("events.1", kCall)));
  remove("events.1");

  const auto ended = [&events] {
    return !events.empty() && events.back().topic == "/containers/delete";
  };
  for (int tries = 0; tries < 100 && !ended(); ++tries) run_for(Millis(50));
  std::vector<std::string> topics;
  for (const auto& event : events) {
    if (event.topic == "/tasks/delete") continue;  // the shim exits and may lose this one
    topics.push_back(event.topic);
    EXPECT_EQ(event.container_id, "events.1");
    EXPECT_EQ(event.pid, event.topic.starts_with("/tasks/") ? pid : 0U) << event.topic;
    EXPECT_EQ(event.exit_code, event.topic == "/tasks/exit" ? 7U : 0U);
  }
  EXPECT_EQ(topics, (std::vector<std::string>{"/containers/create", "/tasks/create", "/tasks/start",
                                              "/tasks/exit", "/containers/delete"}));
}

TEST_F(TaskTest, ASignalEndsATask) {
  run(container("signal.1", service("exec sleep 1000")));
  EXPECT_EQ(only_task().status, TaskStatus::kRunning);
  ASSERT_OK(await(client_->kill_task("signal.1", SIGKILL, true, kCall)));
  const auto exit = await(client_->wait_task("signal.1", kCall));
  ASSERT_OK(exit);
  EXPECT_EQ(exit->code, 128U + SIGKILL);
  remove("signal.1");
}

TEST_F(TaskTest, ErrorsHaveTheirCodes) {
  const auto made = container("errors.1", service("exec sleep 1000"));
  EXPECT_EQ(await(client_->start_task("errors.1", kCall)).error().code, ENOENT);
  EXPECT_EQ(await(client_->kill_task("errors.1", SIGKILL, false, kCall)).error().code, ENOENT);
  EXPECT_EQ(await(client_->wait_task("errors.1", kCall)).error().code, ENOENT);
  EXPECT_EQ(await(client_->delete_task("errors.1", kCall)).error().code, ENOENT);
  EXPECT_EQ(await(client_->delete_container("errors.1", kCall)).error().code, ENOENT);
  run(made);
  const auto again = await(client_->create_container(made, kCall));
  EXPECT_EQ(again.error().code, EEXIST);
  EXPECT_TRUE(again.error().message.starts_with("containerd: containers.Create 'errors.1': "))
      << again.error().message;
  EXPECT_EQ(await(client_->create_task(task("errors.1"), kCall)).error().code, EEXIST);
  const auto early = await(client_->delete_task("errors.1", kCall));
  EXPECT_NE(early.error().message.find("cannot delete a running process"), std::string::npos)
      << early.error().message;
  EXPECT_EQ(
      await(client_->create_container(container("no/id", service("true")), kCall)).error().code,
      EINVAL);
  remove("errors.1");
}

TEST_F(TaskTest, WhatCannotRunSaysWhy) {
  auto definition = service("");
  definition.command = {"/bin/no-such-program"};
  ASSERT_OK(await(client_->create_container(container("bad.1", definition), kCall)));
  const auto created = await(client_->create_task(task("bad.1"), kCall));
  ASSERT_FALSE(created);
  EXPECT_NE(created.error().message.find("no-such-program"), std::string::npos)
      << created.error().message;
  ASSERT_OK(await(client_->delete_container("bad.1", kCall)));
}

TEST_F(TaskTest, Exec) {
  run(container("exec.1", service("exec sleep 1000")));
  const auto exec = [this](const std::string& id, std::vector<std::string> argv, Millis limit) {
    return await(client_->exec("exec.1", id, std::move(argv), limit));
  };
  const auto good = exec("a", {"/bin/true"}, kCall);
  ASSERT_OK(good);
  EXPECT_EQ(good->code, 0U);
  const auto bad = exec("a", {"/bin/sh", "-c", "exit 3"}, kCall);  // the id is free again
  ASSERT_OK(bad);
  EXPECT_EQ(bad->code, 3U);
  EXPECT_FALSE(exec("b", {"/bin/no-such-program"}, kCall));
  EXPECT_EQ(exec("c", {"/bin/sleep", "1000"}, Millis(3000)).error().code, ETIMEDOUT);
  EXPECT_TRUE(exec("c", {"/bin/true"}, kCall));  // killed and deleted at the deadline
  EXPECT_EQ(await(client_->exec("none.1", "a", {"/bin/true"}, kCall)).error().code, ENOENT);
  remove("exec.1");
}

TEST_F(TaskTest, ShimsAreShared) {
  auto first = container("group.1", service("exec sleep 1000"));
  auto second = container("group.2", service("exec sleep 1000"));
  first.shim_group = second.shim_group = "shared";
  const auto alone = container("alone.1", service("exec sleep 1000"));
  const std::string parent = parent_of(run(first));
  EXPECT_EQ(parent_of(run(second)), parent);
  EXPECT_NE(parent_of(run(alone)), parent);
  remove("alone.1");
  remove("group.1");
  EXPECT_EQ(only_task().status, TaskStatus::kRunning);
  remove("group.2");
}

TEST_F(TaskTest, TheShimsCgroupIsAnOption) {
  auto made = container("cgroup.1", service("exec sleep 1000"));
  made.shim_cgroup = std::string(std::getenv("CLIENT_TEST_CGROUP")) + "/shims";
  const std::string parent = parent_of(run(made));
  EXPECT_EQ(await(client_->list_containers("", kCall))->front().shim_cgroup, made.shim_cgroup);
  EXPECT_NE(read_file("/sys/fs/cgroup" + made.shim_cgroup + "/cgroup.procs").find(parent + "\n"),
            std::string::npos);
  remove("cgroup.1");
}

}  // namespace
}  // namespace ros::containerd
