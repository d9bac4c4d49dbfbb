#include "sys/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

namespace ros::sys {
namespace {

Command shell(const std::string& script) {
  return {.argv = {"/bin/sh", "-c", script}, .environment = {"NAME=value"}, .cgroup = {}};
}

TEST(ProcessTest, RunGivesOutputAndStatus) {
  const auto finished = run(shell("echo $NAME; echo err >&2; exit 3"), Millis(5000));
  ASSERT_TRUE(finished);
  EXPECT_EQ(finished->output, "value\nerr\n");
  EXPECT_EQ(finished->status.describe(), "exit status 3");
}

TEST(ProcessTest, EnvironmentIsNotInherited) {
  EXPECT_EQ(run({.argv = {"/usr/bin/env"}, .environment = {}, .cgroup = {}}, Millis(5000))->output,
            "");
}

TEST(ProcessTest, AFailedExecIsAnError) {
  EXPECT_EQ(spawn({.argv = {"/no/such"}, .environment = {}, .cgroup = {}}).error(),
            (Error{ENOENT, "run '/no/such': No such file or directory"}));
  EXPECT_FALSE(spawn({}));
}

TEST(ProcessTest, AMissingCgroupIsAnError) {
  const auto pid = spawn({.argv = {"/bin/true"}, .environment = {}, .cgroup = "no/such/group"});
  EXPECT_EQ(pid.error().message,
            "run '/bin/true': cgroup 'no/such/group': No such file or directory");
}

TEST(ProcessTest, TheLimitKillsTheWholeGroup) {
  const auto finished = run(shell("sleep 60 & sleep 60"), Millis(100));
  EXPECT_EQ(finished.error().code, ETIMEDOUT);
  EXPECT_EQ(finished.error().message, "run '/bin/sh' (limit 100 ms): Connection timed out");
}

TEST(ProcessTest, AGrandchildThatKeepsTheOutputOpenDoesNotHoldUpTheResult) {
  const auto finished = run(shell("sleep 5 & echo done"), Millis(4000));
  EXPECT_EQ(finished.value().output, "done\n");
}

TEST(ProcessTest, OnlyTheTailOfLongOutputIsKept) {
  const auto finished = run(shell("head -c 100000 /dev/zero | tr '\\0' a; echo end"), Millis(9000));
  EXPECT_EQ(finished.value().output.size(), std::size_t{65536});
  EXPECT_TRUE(finished->output.ends_with("aend\n"));
}

TEST(ProcessTest, SignalsBeginWithDefaults) {
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  struct sigaction before{};
  sigaction(SIGTERM, &ignore, &before);
  const auto finished = run(shell("kill -TERM $$; sleep 5"), Millis(4000));
  sigaction(SIGTERM, &before, nullptr);
  EXPECT_EQ(finished.value().status.signal, SIGTERM);
  EXPECT_EQ(finished->status.describe(), "signal 15 (Terminated)");
}

TEST(ProcessTest, ChildrenBeginWithTheLimitOfBefore) {
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit low{256, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &low), 0);
  raise_descriptor_limit();
  rlimit raised{};
  getrlimit(RLIMIT_NOFILE, &raised);
  EXPECT_EQ(raised.rlim_cur, before.rlim_max);
  EXPECT_EQ(run(shell("ulimit -n"), Millis(5000))->output, "256\n");
  setrlimit(RLIMIT_NOFILE, &before);
}

TEST(ProcessTest, OverlappingDescriptorsAreSorted) {
  // Standard output and error change places.
  std::array<int, 2> out{}, err{};
  ASSERT_EQ(pipe2(out.data(), O_CLOEXEC), 0);
  ASSERT_EQ(pipe2(err.data(), O_CLOEXEC), 0);
  auto command = shell("echo out; echo err >&2");
  command.stdout_fd = err[1];
  command.stderr_fd = out[1];
  const auto pid = spawn(command);
  ASSERT_TRUE(pid);
  EXPECT_TRUE(wait_for(*pid)->ok());
  std::array<char, 8> text{};
  ASSERT_EQ(read(out[0], text.data(), text.size()), 4);
  EXPECT_EQ(std::string(text.data()), "err\n");
  for (const int fd : {out[0], out[1], err[0], err[1]}) close(fd);
}

}  // namespace
}  // namespace ros::sys
