#include "containerd/decode.h"

#include <events/container.pb.h>
#include <events/task.pb.h>
#include <gtest/gtest.h>
#include <types/event.pb.h>

#include <nlohmann/json.hpp>

namespace ros::containerd {
namespace {

template <class Message>
std::string envelope(const std::string& topic, const Message& message) {
  ::containerd::types::Envelope result;
  result.set_namespace_("system");
  result.set_topic(topic);
  result.mutable_event()->set_type_url(message.GetTypeName());
  result.mutable_event()->set_value(message.SerializeAsString());
  return result.SerializeAsString();
}

TEST(DecodeEvent, TaskExit) {
  ::containerd::events::TaskExit exit;
  exit.set_container_id("docker.3");
  exit.set_id("health-1");
  exit.set_pid(77);
  exit.set_exit_status(137);
  const auto event = decode_event(envelope("/tasks/exit", exit));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->topic, "/tasks/exit");
  EXPECT_EQ(event->container_id, "docker.3");
  EXPECT_EQ(event->exec_id, "health-1");
  EXPECT_EQ(event->pid, 77U);
  EXPECT_EQ(event->exit_code, 137U);
}

TEST(DecodeEvent, OtherTaskEvents) {
  ::containerd::events::TaskStart start;
  start.set_container_id("a.1");
  start.set_pid(5);
  auto event = decode_event(envelope("/tasks/start", start));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->container_id, "a.1");
  EXPECT_EQ(event->pid, 5U);

  ::containerd::events::TaskCreate create;
  create.set_container_id("a.1");
  create.set_pid(6);
  EXPECT_EQ(decode_event(envelope("/tasks/create", create))->pid, 6U);
  ::containerd::events::TaskDelete removed;
  removed.set_container_id("a.1");
  removed.set_exit_status(3);
  EXPECT_EQ(decode_event(envelope("/tasks/delete", removed))->exit_code, 3U);
  ::containerd::events::TaskOOM oom;
  oom.set_container_id("a.1");
  EXPECT_EQ(decode_event(envelope("/tasks/oom", oom))->container_id, "a.1");
}

TEST(DecodeEvent, ContainerEvents) {
  ::containerd::events::ContainerCreate create;
  create.set_id("a.1");
  EXPECT_EQ(decode_event(envelope("/containers/create", create))->container_id, "a.1");
  ::containerd::events::ContainerDelete removed;
  removed.set_id("a.2");
  EXPECT_EQ(decode_event(envelope("/containers/delete", removed))->container_id, "a.2");
}

TEST(DecodeEvent, UnknownTopicsHaveTheirNameOnly) {
  ::containerd::events::TaskOOM oom;
  oom.set_container_id("a.1");
  const auto event = decode_event(envelope("/tasks/paused", oom));
  ASSERT_TRUE(event);
  EXPECT_EQ(event->topic, "/tasks/paused");
  EXPECT_EQ(event->container_id, "");
}

TEST(DecodeEvent, GarbageIsAProtocolError) {
  EXPECT_EQ(decode_event("\xff\xff\xff").error().code, EPROTO);
  ::containerd::types::Envelope broken;
  broken.set_topic("/tasks/exit");
  broken.mutable_event()->set_value("\xff\xff\xff");
  const auto event = decode_event(broken.SerializeAsString());
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error(), (Error{EPROTO, "containerd: event /tasks/exit can't be decoded"}));
}

TEST(ShimGroup, IsAnAnnotation) {
  const auto spec = with_shim_group(R"({"ociVersion":"1.2.0"})", "small");
  ASSERT_TRUE(spec);
  EXPECT_EQ(*spec,
            R"({"annotations":{"io.containerd.runc.v2.group":"small"},"ociVersion":"1.2.0"})");
  EXPECT_EQ(shim_group_of(*spec), "small");
  EXPECT_EQ(with_shim_group("any text", "").value(), "any text");
  EXPECT_FALSE(with_shim_group("any text", "small"));
  EXPECT_EQ(shim_group_of("[1]"), "");
  EXPECT_EQ(shim_group_of(R"({"annotations":7})"), "");
}

TEST(ExecProcess, TakesTheContainersProcess) {
  const auto process = exec_process(
      R"({"process":{"args":["init"],"terminal":true,"consoleSize":{"width":80},"cwd":"/x","env":["A=1"]}})",
      {"true", "--now"});
  ASSERT_TRUE(process);
  EXPECT_EQ(*process, R"({"args":["true","--now"],"cwd":"/x","env":["A=1"],"terminal":false})");
  EXPECT_FALSE(exec_process("{}", {"true"}));
  EXPECT_FALSE(exec_process("", {"true"}));
}

}  // namespace
}  // namespace ros::containerd
