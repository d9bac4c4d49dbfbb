// Deadlines, cancellation, and a daemon that dies.
#include <csignal>

#include "client/fixture.h"

namespace ros::containerd {
namespace {

using FaultsTest = ClientTest;

TEST_F(FaultsTest, DeadlineOfAWait) {
  run(container("wait.1", service("exec sleep 1000")));
  const auto waited = await(client_->wait_task("wait.1", Millis(200)));
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code, ETIMEDOUT);
  EXPECT_TRUE(await(client_->version(kCall)));
  remove("wait.1");
}

TEST_F(FaultsTest, ATaskDestroyedMidCall) {
  run(container("cancel.1", service("exec sleep 1000")));
  {
    auto waiting = client_->wait_task("cancel.1", Millis(0));
    // Begins it as co_await would; nobody is there to continue.
    waiting.await_suspend(std::noop_coroutine()).resume();
    run_for(Millis(50));
  }
  run_for(Millis(50));
  EXPECT_TRUE(await(client_->version(kCall)));
  remove("cancel.1");
}

TEST_F(FaultsTest, DestroyingTheClientEndsItsCalls) {
  run(container("close.1", service("exec sleep 1000")));
  auto second = connect(*loop_, options());
  std::optional<Result<TaskExit>> exit;
  sys::start<Result<TaskExit>>(second->wait_task("close.1", Millis(0)), [&](Result<TaskExit> end) {
    exit = std::move(end);
    loop_->stop();
  });
  run_for(Millis(50));
  EXPECT_FALSE(exit.has_value());
  second.reset();
  run_until([&exit] { return exit.has_value(); });
  EXPECT_EQ(exit->error().code, ECANCELED);
  remove("close.1");
}

TEST_F(FaultsTest, EndingASubscriptionIsSilent) {
  int events = 0;
  auto stream = await(client_->subscribe([&](const Event&) { ++events; },
                                         [](const Error&) { FAIL() << "on_end"; }, kCall));
  ASSERT_OK(stream);
  stream->reset();
  ASSERT_OK(await(client_->create_container(container("quiet.1", service("true")), kCall)));
  run_for(Millis(100));
  EXPECT_EQ(events, 0);
  remove("quiet.1");
}

TEST_F(FaultsTest, OtherNamespacesAreSilent) {
  int events = 0;
  auto stream =
      await(client_->subscribe([&](const Event&) { ++events; }, [](const Error&) {}, kCall));
  ASSERT_OK(stream);
  auto other_options = options();
  other_options.name_space = "other";
  const auto other = connect(*loop_, other_options);
  ASSERT_OK(await(other->create_container(container("other.1", service("true")), kCall)));
  ASSERT_OK(await(other->delete_container("other.1", kCall)));
  run_for(Millis(100));
  EXPECT_EQ(events, 0);
}

TEST_F(FaultsTest, ContainersOutliveTheDaemon) {
  const std::uint32_t pid = run(container("alive.1", service("exec sleep 1000")));
  std::optional<Error> end;
  auto stream = await(
      client_->subscribe([](const Event&) {}, [&](Error error) { end = std::move(error); }, kCall));
  ASSERT_OK(stream);
  std::optional<Result<TaskExit>> exit;
  sys::start<Result<TaskExit>>(client_->wait_task("alive.1", Millis(0)),
                               [&](Result<TaskExit> value) {
                                 exit = std::move(value);
                                 loop_->stop();
                               });
  run_for(Millis(50));
  kill_daemon();
  run_until([&exit] { return exit.has_value(); });
  EXPECT_EQ(exit->error().code, ECANCELED);
  run_for(Millis(20));
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->code, ECANCELED);
  EXPECT_EQ(await(client_->version(kCall)).error().code, ECONNREFUSED);
  EXPECT_EQ(await(client_->subscribe([](const Event&) {}, [](const Error&) {}, kCall)).error().code,
            ECONNREFUSED);

  start_daemon();
  EXPECT_EQ(only_task().pid, pid);
  EXPECT_EQ(only_task().status, TaskStatus::kRunning);
  std::vector<Event> events;
  stream = await(client_->subscribe([&](const Event& event) { events.push_back(event); },
                                    [](const Error&) {}, kCall));
  ASSERT_OK(stream);
  remove("alive.1");
  for (int tries = 0; tries < 100 && events.size() < 3; ++tries) run_for(Millis(50));
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.front().topic, "/tasks/exit");
  EXPECT_EQ(events.front().exit_code, 128U + SIGKILL);
}

}  // namespace
}  // namespace ros::containerd
