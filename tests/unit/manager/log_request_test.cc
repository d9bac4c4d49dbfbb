// Logs over a real control socket; the client runs in a thread of its own.
#include "manager/log_request.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "control/client.h"
#include "fakes/temp_root.h"

namespace ros::manager {
namespace {

std::ptrdiff_t open_descriptors() {
  return std::ranges::distance(std::filesystem::directory_iterator("/proc/self/fd"));
}

class LogRequestTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_.write("/a.log", "2026-11-30T00:00:00Z O first\n");
    control::ServerOptions options;
    options.socket = socket_;
    const auto answer = [this](const control::Request& request,
                               std::shared_ptr<control::Reply> reply) {
      const auto& logs = std::get<control::ServiceLogs>(request);
      answer_logs(*loop_, *background_, logs, {"a"}, std::move(reply), directory_.path());
    };
    server_ = control::Server::listen(*loop_, options, answer).value();
  }

  // Runs the loop while `ask` runs in a thread of its own, and until nobody is connected and
  // nothing is read any more.
  void serve(const std::function<void()>& ask) {
    std::atomic<bool> gone = false;
    std::jthread client([&] {
      ask();
      gone = true;
    });
    const std::function<void()> look = [&] {
      if (gone && server_->clients() == 0 && background_->idle()) return loop_->stop();
      loop_->after(sys::Millis(1), look);
    };
    look();
    EXPECT_TRUE(loop_->run());
  }

  // The first part of what there is.
  [[nodiscard]] bool ask(const std::string& service, bool follow) const {
    auto connected = control::Client::connect(socket_).value();
    const control::ServiceLogs request{.name = service, .lines = 10, .follow = follow};
    const auto first = [](const control::LogLines& part) { return part.lines.empty(); };
    return connected.call_parts(request, first).has_value();
  }

  // A client that asks, reads the first part and goes.
  void follow_and_go() {
    serve([this] { EXPECT_TRUE(ask("a", true)); });
  }

  fakes::TempRoot directory_;
  std::string socket_ = directory_.path() + "/control.sock";
  std::unique_ptr<sys::EventLoop> loop_ = sys::EventLoop::create().value();
  std::unique_ptr<sys::Background> background_ = sys::Background::create(*loop_).value();
  std::unique_ptr<control::Server> server_;
};

TEST_F(LogRequestTest, AClientThatGoesWhileTheLogIsSilentLeavesNothingOpen) {
  follow_and_go();
  const auto before = open_descriptors();
  for (int i = 0; i < 20; ++i) follow_and_go();
  EXPECT_EQ(open_descriptors(), before);
}

// Opening a FIFO waits for its other end, as a disk that stands still makes wait.
TEST_F(LogRequestTest, ALogThatCantBeReadNowHoldsUpNobodyElse) {
  const std::string slow = directory_.path() + "/slow.log";
  ASSERT_EQ(mkfifo(slow.c_str(), 0600), 0);
  serve([&] {
    std::jthread waiting([this] { EXPECT_FALSE(ask("slow", false)) << "it is no file"; });
    EXPECT_TRUE(ask("a", false));
    const sys::UniqueFd other_end(open(slow.c_str(), O_WRONLY | O_CLOEXEC));
    waiting.join();
  });
}

}  // namespace
}  // namespace ros::manager
