// Server and Client over a real socket; the client runs in a thread of its own.
#include "control/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

#include "control/client.h"
#include "control/pid1_client.h"
#include "fakes/temp_root.h"
#include "sys/socket.h"

namespace ros::control {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ServerTest : public ::testing::Test {
 protected:
  void serve(Server::Handler handler, ServerOptions options = {}) {
    options.socket = socket_;
    server_ = Server::listen(*loop_, options, std::move(handler)).value();
  }

  // Runs the loop until `client` has returned.
  void run(const std::function<void()>& client) {
    std::atomic<bool> done = false;
    std::thread thread([&] {
      client();
      done = true;
    });
    const std::function<void()> look = [&] {
      if (done) {
        loop_->stop();
      } else {
        loop_->after(sys::Millis(1), look);
      }
    };
    look();
    ASSERT_TRUE(loop_->run());
    thread.join();
  }

  fakes::TempRoot directory_;
  std::string socket_ = directory_.path() + "/control.sock";
  std::unique_ptr<sys::EventLoop> loop_ = sys::EventLoop::create().value();
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, AnswersRequestsOfOneConnectionInTurn) {
  serve([](const Request& request, std::shared_ptr<Reply> reply) {
    if (std::holds_alternative<Version>(request)) reply->send(VersionInfo{"1.0", 1});
    if (const auto* get = std::get_if<ConfigGet>(&request)) {
      if (get->key == "none") return reply->fail({ENOENT, "no such key"});
      reply->send(Text{"value of " + get->key});
    }
  });
  run([&] {
    auto client = Client::connect(socket_).value();
    EXPECT_EQ(client.call(Version{}).value().version, "1.0");
    EXPECT_EQ(client.call(ConfigGet{"a"}).value().text, "value of a");
    const auto none = client.call(ConfigGet{"none"});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error(), (Error{ENOENT, "no such key"}));
    EXPECT_EQ(client.call(PlanGet{}).error().message, "the manager gave no answer");
  });
}

TEST_F(ServerTest, AnswersLaterWhileOthersAreServed) {
  std::shared_ptr<Reply> held;
  std::atomic<bool> released = false;
  serve([&](const Request& request, std::shared_ptr<Reply> reply) {
    if (std::holds_alternative<ServiceRestart>(request)) {
      held = std::move(reply);
      return;
    }
    reply->send(VersionInfo{"1.0", 1});
    if (!held) return;
    held->send(ServiceRows{});
    released = true;
  });
  run([&] {
    std::thread other([&] {
      auto slow = Client::connect(socket_).value();
      EXPECT_TRUE(slow.call(ServiceRestart{{"a"}, {}}));
    });
    while (!released) {
      auto client = Client::connect(socket_).value();
      EXPECT_TRUE(client.call(Version{}));
    }
    other.join();
  });
}

TEST_F(ServerTest, StreamsPartsUntilTheClientGoes) {
  std::shared_ptr<Reply> stream;
  bool told = false;
  int sent = 0;
  std::function<void()> tick;
  serve([&](const Request&, std::shared_ptr<Reply> reply) {
    stream = std::move(reply);
    stream->on_change([&] { told = stream->gone(); });
    tick();
  });
  tick = [&] {
    if (stream->part(LogLines{{"line " + std::to_string(sent++)}}) == Reply::Progress::kGone)
      return;
    loop_->after(sys::Millis(1), tick);
  };
  std::vector<std::string> lines;
  run([&] {
    auto client = Client::connect(socket_).value();
    EXPECT_TRUE(client.call_parts(ServiceLogs{"a", 1, true}, std::function([&](LogLines& part) {
                                    lines.push_back(part.lines.at(0));
                                    return lines.size() < 3;
                                  })));
  });
  EXPECT_THAT(lines, ElementsAre("line 0", "line 1", "line 2"));
  loop_->after(sys::Millis(20), [&] { loop_->stop(); });
  ASSERT_TRUE(loop_->run());
  EXPECT_TRUE(told);
  EXPECT_EQ(server_->clients(), 0U);
}

TEST_F(ServerTest, ClientsThatDoNotReadAreToldToWaitThenCutOff) {
  ServerOptions options;
  options.limits.slow_output = 1'000'000;
  options.limits.most_output = 3'000'000;
  Reply::Progress last = Reply::Progress::kGoOn;
  bool slow = false;
  serve(
      [&](const Request&, std::shared_ptr<Reply> reply) {
        const LogLines part{{std::string(500'000, 'x')}};
        for (int i = 0; i < 100 && last != Reply::Progress::kGone; ++i) {
          last = reply->part(part);
          slow = slow || last == Reply::Progress::kSlow;
        }
      },
      options);
  run([&] {
    const auto fd = sys::connect_unix(socket_, sys::SocketKind::kStream).value();
    const std::string bytes =
        encode_frame(encode_hello()) + encode_frame(encode_request(PlanGet{}));
    EXPECT_EQ(send(fd.get(), bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
  });
  EXPECT_TRUE(slow);
  EXPECT_EQ(last, Reply::Progress::kGone);
  EXPECT_EQ(server_->clients(), 0U);
}

TEST_F(ServerTest, GarbageGetsAReasonAndTheDoor) {
  serve([](const Request&, std::shared_ptr<Reply>) { FAIL(); });
  run([&] {
    const auto fd = sys::connect_unix(socket_, sys::SocketKind::kStream).value();
    EXPECT_EQ(send(fd.get(), "GET / HTTP/1.1\r\n\r\n", 18, 0), 18);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    std::string answer(1000, '\0');
    const ssize_t size = recv(fd.get(), answer.data(), answer.size(), 0);
    ASSERT_GT(size, 0);
    EXPECT_THAT(answer.substr(0, static_cast<std::size_t>(size)), HasSubstr("frame of "));
    EXPECT_LE(recv(fd.get(), answer.data(), answer.size(), 0), 0);
  });
}

TEST_F(ServerTest, SilentClientsAreSentAway) {
  ServerOptions options;
  options.limits.patience = sys::Millis(50);
  serve([](const Request&, std::shared_ptr<Reply>) {}, options);
  run([&] {
    const auto fd = sys::connect_unix(socket_, sys::SocketKind::kStream).value();
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    std::string answer(1000, '\0');
    ASSERT_GT(recv(fd.get(), answer.data(), answer.size(), 0), 0);
    EXPECT_THAT(answer, HasSubstr("no request came"));
  });
  EXPECT_EQ(server_->clients(), 0U);
}

TEST_F(ServerTest, OnlyTheRightUserIsServed) {
  ServerOptions options;
  options.user = getuid() + 1;
  serve([](const Request&, std::shared_ptr<Reply>) { FAIL(); }, options);
  run([&] {
    auto client = Client::connect(socket_).value();
    EXPECT_EQ(client.call(Version{}).error().message, "only root may talk to the manager");
  });
}

TEST_F(ServerTest, ASocketForPowerIsForNothingElse) {
  std::vector<std::size_t> handled;
  ServerOptions options;
  options.role = Role::kPower;
  serve(
      [&](const Request& request, std::shared_ptr<Reply> reply) {
        handled.push_back(request.index());
        reply->send(Done{});
      },
      options);
  run([&] {
    auto client = Client::connect(socket_).value();
    EXPECT_EQ(client.call(ConfigMerge{"ssh_authorized_keys: [x]", ""}).error().code, EACCES);
    EXPECT_TRUE(client.call(Power{"poweroff"}));
  });
  EXPECT_THAT(handled, ElementsAre(Request(Power{}).index()));
}

TEST_F(ServerTest, TheNumberOfClientsIsBounded) {
  ServerOptions options;
  options.most_clients = 2;
  serve([](const Request&, std::shared_ptr<Reply> reply) { reply->send(Done{}); }, options);
  run([&] {
    auto first = Client::connect(socket_).value();
    auto second = Client::connect(socket_).value();
    EXPECT_TRUE(first.call(Power{"halt"}));
    EXPECT_TRUE(second.call(Power{"halt"}));
    auto third = Client::connect(socket_).value();
    EXPECT_EQ(third.call(Power{"halt"}).error().message, "too many clients");
    EXPECT_TRUE(first.call(Power{"halt"}));
  });
}

TEST_F(ServerTest, AnAnswerThatIsTooLongBecomesAnError) {
  serve([](const Request&, std::shared_ptr<Reply> reply) {
    reply->send(Text{std::string(kLongestFrame, 'x')});
  });
  run([&] {
    auto client = Client::connect(socket_).value();
    EXPECT_EQ(client.call(PlanGet{}).error().code, EMSGSIZE);
  });
}

TEST_F(ServerTest, NobodyListening) {
  EXPECT_EQ(Client::connect(socket_).error().code, ENOENT);
  EXPECT_EQ(pid1::call(pid1::status_request(), socket_).error().code, ENOENT);
}

TEST_F(ServerTest, Pid1CallTimesOutAndChecksTheReply) {
  const auto listener = sys::listen_unix(socket_, sys::SocketKind::kSeqPacket, 0600).value();
  EXPECT_EQ(pid1::call(pid1::status_request(), socket_, sys::Millis(20)).error().code, ETIMEDOUT);
  const auto answer = [&](const pid1::Reply& reply) {
    std::thread thread([&] {
      sys::UniqueFd fd;
      while (!fd.valid()) {
        if (auto accepted = sys::accept_unix(listener.get())) fd = std::move(*accepted);
      }
      const auto bytes = pid1::encode(reply);
      send(fd.get(), bytes.data(), bytes.size(), 0);
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    });
    const auto result = pid1::call(pid1::status_request(), socket_);
    thread.join();
    return result;
  };
  sys::accept_unix(listener.get()).value();  // the first caller
  EXPECT_TRUE(answer({}));
  pid1::Reply refused;
  refused.error = EBUSY;
  EXPECT_EQ(answer(refused).error().code, EBUSY);
  pid1::Reply other;
  other.kind = pid1::Kind::kPower;
  EXPECT_EQ(answer(other).error().code, EPROTO);
}

}  // namespace
}  // namespace ros::control
