#include "containerd/call.h"

#include <google/protobuf/empty.pb.h>
#include <gtest/gtest.h>
#include <services/version/v1/version.pb.h>

#include <filesystem>
#include <optional>

#include "containerd/grpc_wire.h"
#include "sys/task.h"
#include "unit/containerd/fake_grpc_server.h"

namespace ros::containerd {
namespace {

using sys::Millis;
using Version = ::containerd::services::version::v1::VersionResponse;
using google::protobuf::Empty;

constexpr std::string_view kPath = "/containerd.services.version.v1.Version/Version";

FakeGrpcServer::Response version_response(const std::string& text) {
  Version version;
  version.set_version(text);
  return {.body = frame_message(version.SerializeAsString())};
}

class CallTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() + "/call-XXXXXX";
    ASSERT_NE(mkdtemp(folder_.data()), nullptr);
    serve();
    channel_ = std::make_shared<Channel>(
        *loop_, ClientOptions{.socket = folder_ + "/socket", .name_space = "test", .lease = "l1"});
  }
  void TearDown() override {
    channel_->close();
    run_for(Millis(1));
    std::filesystem::remove_all(folder_);
  }

  void serve() {
    server_ = std::make_unique<FakeGrpcServer>(*loop_, folder_ + "/socket",
                                               [this](const FakeGrpcServer::Request&) {
                                                 while (loop_->now() < answers_at_) continue;
                                                 return response_;
                                               });
  }

  sys::Task<Result<std::string>> version(Millis deadline) {
    const Empty request;
    const Method method{kPath, "thing"};
    auto call = unary<Version>(channel_, method, request, deadline);
    const Result<Version> response = co_await call;
    if (!response) co_return std::unexpected(response.error());
    co_return response->version();
  }

  Result<std::string> get(Millis deadline = Millis(2000)) {
    std::optional<Result<std::string>> result;
    sys::start<Result<std::string>>(version(deadline), [&](Result<std::string> value) {
      result = std::move(value);
      loop_->stop();
    });
    EXPECT_FALSE(result.has_value()) << "ends only in a later turn of the loop";
    EXPECT_TRUE(loop_->run());
    return *result;
  }

  void run_for(Millis time) {
    loop_->after(time, [this] { loop_->stop(); });
    EXPECT_TRUE(loop_->run());
  }

  std::unique_ptr<sys::EventLoop> loop_ = sys::EventLoop::create().value();
  std::string folder_;
  FakeGrpcServer::Response response_ = version_response("v1");
  Millis answers_at_{0};  // time of the loop, which the server holds up until then
  std::unique_ptr<FakeGrpcServer> server_;
  ChannelPtr channel_;
};

TEST_F(CallTest, BringsTheResponse) {
  EXPECT_EQ(get().value(), "v1");
  ASSERT_EQ(server_->requests.size(), 1U);
  auto& headers = server_->requests[0].headers;
  EXPECT_EQ(headers[":path"], kPath);
  EXPECT_EQ(headers["containerd-namespace"], "test");
  EXPECT_EQ(headers["containerd-lease"], "l1");
  EXPECT_EQ(headers["grpc-timeout"], "2000m");
  EXPECT_EQ(headers["te"], "trailers");
  EXPECT_EQ(server_->requests[0].body, frame_message(""));
}

TEST_F(CallTest, CallsShareOneConnection) {
  EXPECT_TRUE(get());
  EXPECT_TRUE(get());
  EXPECT_EQ(server_->connections, 1);
}

TEST_F(CallTest, BringsLargeResponses) {
  const std::string large(100'000, 'x');
  response_ = version_response(large);
  EXPECT_EQ(get().value(), large);
}

TEST_F(CallTest, ErrorsNameTheCall) {
  response_ = {.body = "", .trailers = {{"grpc-status", "5"}, {"grpc-message", "no%20thing"}}};
  EXPECT_EQ(get().error(), (Error{ENOENT, "containerd: version.Version 'thing': no thing"}));
}

TEST_F(CallTest, BadResponsesAreProtocolErrors) {
  const std::string prefix = "containerd: version.Version 'thing': ";
  response_ = {.body = frame_message("\xff\xff")};
  EXPECT_EQ(get().error(), (Error{EPROTO, prefix + "response can't be decoded"}));
  response_ = {.body = ""};
  EXPECT_EQ(get().error(), (Error{EPROTO, prefix + "0 messages instead of one"}));
  response_ = {.body = frame_message("") + frame_message("")};
  EXPECT_EQ(get().error(), (Error{EPROTO, prefix + "2 messages instead of one"}));
  response_ = {.body = frame_message("abc").substr(0, 6)};
  EXPECT_EQ(get().error(), (Error{EPROTO, prefix + "response ends within a message"}));
  response_ = {.body = std::string("\1\0\0\0\0", 5)};
  EXPECT_EQ(get().error(), (Error{EPROTO, prefix + "compressed message"}));
  response_ = {.body = "", .trailers = {}};
  EXPECT_EQ(get().error(), (Error{EPROTO, prefix + "gRPC status ''"}));
  response_ = {.body = "", .trailers = {}, .http_status = "502"};
  EXPECT_EQ(get().error(), (Error{EPROTO, prefix + "HTTP status '502'"}));
  response_ = version_response("still alive");
  EXPECT_EQ(get().value(), "still alive");
  EXPECT_EQ(server_->connections, 1);
}

// Both are ready in one turn of the loop, and the answer is read before the timer is looked at.
TEST_F(CallTest, AnErrorAfterTheDeadlineIsTheDeadlines) {
  response_ = {.body = "",
               .trailers = {{"grpc-status", "2"}, {"grpc-message", "context deadline exceeded"}}};
  EXPECT_EQ(get(Millis(30)).error().code, EIO);
  answers_at_ = loop_->now() + Millis(40);
  EXPECT_EQ(get(Millis(30)).error(),
            (Error{ETIMEDOUT, "containerd: version.Version 'thing': deadline exceeded"}));
}

TEST_F(CallTest, DeadlinePasses) {
  response_.held = true;
  EXPECT_EQ(get(Millis(30)).error(),
            (Error{ETIMEDOUT, "containerd: version.Version 'thing': deadline exceeded"}));
  run_for(Millis(10));
  EXPECT_EQ(server_->resets, 1);
  response_.held = false;
  EXPECT_TRUE(get());
}

TEST_F(CallTest, DestroyingACallCancelsIt) {
  response_.held = true;
  {
    UnaryCall call(channel_, {kPath, ""}, "", Millis(0));
    run_for(Millis(20));
    EXPECT_EQ(server_->requests.size(), 1U);
  }
  run_for(Millis(10));
  EXPECT_EQ(server_->resets, 1);
}

TEST_F(CallTest, ADroppedConnectionEndsTheCallAndTheNextOneReconnects) {
  response_.held = true;
  loop_->after(Millis(20), [this] { server_->drop_connections(); });
  const auto lost = get();
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error(), (Error{ECANCELED,
                                 "containerd: version.Version 'thing': connection lost: "
                                 "closed by the daemon"}));
  response_.held = false;
  EXPECT_TRUE(get());
  EXPECT_EQ(server_->connections, 2);
}

TEST_F(CallTest, NobodyListens) {
  server_.reset();
  const auto refused = get();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ECONNREFUSED);
  std::filesystem::remove(folder_ + "/socket");
  EXPECT_EQ(get().error().code, ECONNREFUSED);
  serve();
  EXPECT_TRUE(get());
}

TEST_F(CallTest, GarbageEndsTheConnectionOnly) {
  response_.held = true;
  loop_->after(Millis(20), [this] { server_->write_raw(std::string(200, '\xee')); });
  const auto broken = get();
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code, EPROTO) << broken.error().message;
  response_.held = false;
  EXPECT_TRUE(get());
}

TEST_F(CallTest, AGracefulEndLetsRunningCallsFinish) {
  response_.held = true;
  Result<void> end = fail("not yet");
  Call running(channel_, {kPath, ""}, "", Millis(0),
               {[](const std::string&) {}, [&](Result<void> result) { end = result; }});
  run_for(Millis(20));
  server_->go_away();
  run_for(Millis(20));
  EXPECT_EQ(end.error().message, "not yet");
  response_.held = false;
  EXPECT_TRUE(get());
  EXPECT_EQ(server_->connections, 2);
}

TEST_F(CallTest, ClosingTheChannelEndsItsCalls) {
  response_.held = true;
  loop_->after(Millis(20), [this] { channel_->close(); });
  EXPECT_EQ(get().error(),
            (Error{ECANCELED, "containerd: version.Version 'thing': client closed"}));
  EXPECT_EQ(get().error().code, ECANCELED);
}

TEST_F(CallTest, ACallMayBeDestroyedByItsOwnHandlers) {
  response_ = {.body = frame_message("a") + frame_message("b")};
  std::unique_ptr<Call> call;
  int messages = 0;
  call = std::make_unique<Call>(channel_, Method{kPath, ""}, "", Millis(0),
                                Call::Handlers{[&](const std::string&) {
                                                 ++messages;
                                                 call.reset();
                                               },
                                               [&](const Result<void>&) { FAIL(); }});
  run_for(Millis(20));
  EXPECT_EQ(messages, 1);
}

}  // namespace
}  // namespace ros::containerd
