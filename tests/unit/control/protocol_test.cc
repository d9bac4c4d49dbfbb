#include "control/protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "control/frame.h"
#include "control/pid1_protocol.h"
#include "control/session.h"

namespace ros::control {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <class Operation>
[[nodiscard]] Operation round_trip(const Operation& operation) {
  return std::get<Operation>(decode_request(encode_request(operation)).value());
}

TEST(Protocol, RequestsSurviveTheRoundTrip) {
  const auto logs = round_trip(ServiceLogs{"docker", 20, true});
  EXPECT_EQ(logs.name, "docker");
  EXPECT_EQ(logs.lines, 20);
  EXPECT_TRUE(logs.follow);
  const auto stop = round_trip(ServiceStop{{"a", "b"}, 7});
  EXPECT_THAT(stop.names, ElementsAre("a", "b"));
  EXPECT_EQ(stop.timeout_s, 7);
  EXPECT_EQ(round_trip(ServiceRestart{{"a"}, {}}).timeout_s, std::nullopt);
  EXPECT_EQ(round_trip(ConfigValidate{"a: b\n", "user-data"}).text, "a: b\n");
  EXPECT_EQ(round_trip(ConfigValidate{}).text, std::nullopt);
  EXPECT_EQ(round_trip(Power{"reboot"}).action, "reboot");
  EXPECT_TRUE(round_trip(PlanGet{true}).json);
  (void)round_trip(ServiceList{});
  (void)round_trip(ServiceStart{});
  (void)round_trip(ServicePs{});
  (void)round_trip(ConfigGet{});
  (void)round_trip(BootReport{});
  (void)round_trip(Version{});
}

TEST(Protocol, AbsentFieldsHaveDefaultsAndUnknownOnesAreIgnored) {
  const auto request = decode_request(R"({"op":"service.logs","name":"a","colour":"red"})");
  ASSERT_TRUE(request);
  EXPECT_EQ(std::get<ServiceLogs>(*request).lines, 100);
}

TEST(Protocol, WrongRequestsSayWhatIsWrong) {
  const auto message = [](const std::string& text) { return decode_request(text).error().message; };
  EXPECT_EQ(message("hello"), "a request that is no JSON object: Protocol error");
  EXPECT_EQ(message("[1]"), "a request that is no JSON object: Protocol error");
  EXPECT_EQ(message(R"({"op":"service.fly"})"),
            "operation 'service.fly': Function not implemented");
  EXPECT_EQ(message("{}"), "operation '': Function not implemented");
  EXPECT_EQ(message(R"({"op":"service.logs","lines":"x"})"),
            "service.logs: 'lines': expected a whole number: Invalid argument");
  EXPECT_EQ(message(R"({"op":"service.logs","lines":99999999999999999999})"),
            "service.logs: 'lines': expected a whole number: Invalid argument");
  EXPECT_EQ(message(R"({"op":"service.stop","names":["a",1]})"),
            "service.stop: 'names': expected a text: Invalid argument");
  EXPECT_EQ(message(R"({"op":"service.stop","names":"a"})"),
            "service.stop: 'names': expected a list of reasonable length: Invalid argument");
}

TEST(Protocol, RepliesSurviveTheRoundTrip) {
  ServiceRow row;
  row.name = "docker";
  row.state = "running";
  row.pid = 42;
  row.ready_ms = 1234;
  row.ready = true;
  const auto rows = decode_reply<ServiceRows>(encode_reply(ServiceRows{{row, {}}}, false));
  ASSERT_TRUE(rows);
  ASSERT_EQ(rows->reply.services.size(), 2U);
  EXPECT_EQ(rows->reply.services[0].pid, 42);
  EXPECT_EQ(rows->reply.services[0].ready_ms, 1234);
  EXPECT_EQ(rows->reply.services[1].ready_ms, -1);
  EXPECT_FALSE(rows->more);
  EXPECT_TRUE(decode_reply<LogLines>(encode_reply(LogLines{{"a"}}, true))->more);
  EXPECT_TRUE(decode_reply<Done>(encode_reply(Done{}, false)));
}

TEST(Protocol, ErrorsComeBackAsErrors) {
  const auto reply = decode_reply<Text>(encode_error({ENOENT, "no such service 'x'"}));
  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error(), (Error{ENOENT, "no such service 'x'"}));
  EXPECT_EQ(decode_reply<Text>("{}").error().message, "no reason");
  EXPECT_FALSE(decode_reply<Text>(""));
  EXPECT_FALSE(decode_reply<Text>(R"({"ok":true,"text":1})"));
}

TEST(Protocol, BytesThatAreNoUtf8AreReplaced) {
  const auto reply = decode_reply<LogLines>(encode_reply(LogLines{{"a\xff b"}}, false));
  ASSERT_TRUE(reply);
  EXPECT_THAT(reply->reply.lines, ElementsAre("a\xEF\xBF\xBD b"));
}

TEST(Frames, ArriveInAnyPieces) {
  const std::string bytes = encode_frame("first") + encode_frame(std::string(70'000, 'x'));
  FrameReader reader;
  std::vector<std::size_t> sizes;
  for (const char byte : bytes) {
    reader.feed({&byte, 1});
    while (true) {
      auto frame = reader.next();
      ASSERT_TRUE(frame);
      if (!frame->has_value()) break;
      sizes.push_back((*frame)->size());
    }
  }
  EXPECT_THAT(sizes, ElementsAre(5U, 70'000U));
}

TEST(Frames, AbsurdLengthsAreRefusedAtOnce) {
  for (const std::string& head :
       {std::string("\0\0\0\0", 4), std::string("\x01\0\x10\0", 4), std::string("GET ")}) {
    FrameReader reader;
    reader.feed(head);
    EXPECT_FALSE(reader.next());
  }
}

TEST(Sessions, WantTheVersionFirst) {
  Session session(Role::kAdmin);
  session.feed(encode_frame(R"({"op":"version"})"));
  const auto first = session.next();
  ASSERT_TRUE(first && !*first);
  EXPECT_THAT(first->error().message, HasSubstr("names no protocol version"));
  EXPECT_TRUE(session.broken());
  EXPECT_FALSE(session.next());
}

TEST(Sessions, RefuseAnotherVersion) {
  Session session(Role::kAdmin);
  session.feed(encode_frame(R"({"version":7})"));
  const auto first = session.next();
  ASSERT_TRUE(first && !*first);
  EXPECT_THAT(first->error().message, HasSubstr("protocol version 7, the manager speaks 1"));
}

TEST(Sessions, GoOnAfterAWrongRequest) {
  Session session(Role::kAdmin);
  session.feed(encode_frame(encode_hello()) + encode_frame("{}") +
               encode_frame(encode_request(Version{})));
  EXPECT_FALSE(*session.next());
  EXPECT_TRUE(*session.next());
  EXPECT_FALSE(session.next().has_value());
  EXPECT_FALSE(session.broken());
}

// What a role may ask, and that the session goes on after what it may not.
TEST(Sessions, AskWhatTheRoleMay) {
  const std::vector<std::pair<Request, Role>> table = {
      {ServicePs{}, Role::kReader},
      {ServiceLogs{}, Role::kReader},
      {Version{}, Role::kReader},
      {BootReport{}, Role::kReader},
      {Power{"poweroff"}, Role::kPower},
      {ServiceStop{}, Role::kAdmin},
      {ConfigMerge{"a: 1", ""}, Role::kAdmin},
      {ConfigExport{}, Role::kAdmin},
      {ConfigGet{}, Role::kAdmin},
  };
  for (const Role caller : {Role::kPower, Role::kReader, Role::kAdmin}) {
    Session session(caller);
    session.feed(encode_frame(encode_hello()));
    for (const auto& [request, needed] : table) {
      session.feed(encode_frame(encode_request(request)));
      const auto got = session.next();
      ASSERT_TRUE(got);
      EXPECT_EQ(got->has_value(), caller == Role::kAdmin || caller == needed)
          << encode_request(request);
      if (!*got) EXPECT_EQ(got->error().code, EACCES);
    }
    EXPECT_FALSE(session.broken());
  }
}

TEST(Sessions, SayWhichRoleIsNeeded) {
  EXPECT_EQ(check_role(Role::kPower, ConfigSet{}).error().message,
            "config.set needs the role 'admin'; this socket gives 'power': Permission denied");
}

[[nodiscard]] std::vector<std::byte> bytes_of(std::span<const std::byte> message) {
  return {message.begin(), message.end()};
}

TEST(Pid1, RequestsSurviveTheRoundTrip) {
  const auto sent = pid1::power_request(pid1::PowerAction::kReboot, 60'000);
  pid1::Request got;
  ASSERT_EQ(pid1::decode_request(pid1::encode(sent), got), 0);
  EXPECT_EQ(got.kind, pid1::Kind::kPower);
  EXPECT_EQ(got.argument, static_cast<std::uint32_t>(pid1::PowerAction::kReboot));
  EXPECT_EQ(got.deadline_ms, 60'000U);
  ASSERT_EQ(
      pid1::decode_request(pid1::encode(pid1::start_child_request(pid1::Child::kContainerd)), got),
      0);
  EXPECT_EQ(got.argument, 2U);
}

TEST(Pid1, WrongRequestsAreRefused) {
  pid1::Request got;
  const auto good = bytes_of(pid1::encode(pid1::status_request()));
  auto bad = good;
  bad.pop_back();
  EXPECT_EQ(pid1::decode_request(bad, got), EMSGSIZE);
  EXPECT_EQ(pid1::decode_request({}, got), EMSGSIZE);
  bad = good;
  bad[0] = std::byte{0};
  EXPECT_EQ(pid1::decode_request(bad, got), EPROTO);
  bad = good;
  bad[4] = std::byte{9};
  EXPECT_EQ(pid1::decode_request(bad, got), EPROTONOSUPPORT);
  bad = good;
  bad[6] = std::byte{4};
  EXPECT_EQ(pid1::decode_request(bad, got), EPROTO);
  auto power = pid1::power_request(pid1::PowerAction::kHalt, 0);
  power.argument = 4;
  EXPECT_EQ(pid1::decode_request(pid1::encode(power), got), EINVAL);
  auto child = pid1::start_child_request(pid1::Child::kLogd);
  child.argument = pid1::kChildren;
  EXPECT_EQ(pid1::decode_request(pid1::encode(child), got), EINVAL);
}

TEST(Pid1, RepliesWithTooManyChildrenAreRefused) {
  pid1::Reply reply;
  pid1::Reply got;
  EXPECT_EQ(pid1::decode_reply(pid1::encode(reply), got), 0);
  reply.child_count = pid1::kChildren + 1;
  EXPECT_EQ(pid1::decode_reply(pid1::encode(reply), got), EINVAL);
}

}  // namespace
}  // namespace ros::control
