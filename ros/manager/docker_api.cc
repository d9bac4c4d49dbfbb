#include "manager/docker_api.h"

#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <nlohmann/json.hpp>
#include <thread>

#include "sys/socket.h"

namespace ros::manager {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kAnswerLimit = std::size_t{1} << 20U;  // bytes
constexpr sys::Millis kPause{20};                            // between two looks at /info

int left_until(Clock::time_point end) {
  const auto left = std::chrono::duration_cast<sys::Millis>(end - Clock::now());
  return static_cast<int>(std::max<sys::Millis::rep>(left.count(), 0));
}

// Everything until the other side closes, as HTTP/1.0 servers do.
Result<std::string> receive_all(int fd, Clock::time_point end) {
  std::string text;
  std::array<char, 4096> chunk;
  for (;;) {
    pollfd wait{fd, POLLIN, 0};
    if (poll(&wait, 1, left_until(end)) == 0) return fail_errno("receive", ETIMEDOUT);
    const ssize_t count = recv(fd, chunk.data(), chunk.size(), 0);
    if (count == 0) return text;
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (count < 0) return fail_errno("receive");
    text.append(chunk.data(), static_cast<std::size_t>(count));
    if (text.size() > kAnswerLimit) return fail_errno("receive", EMSGSIZE);
  }
}

}  // namespace

Result<std::string> docker_get(const std::string& socket, const std::string& target,
                               sys::Millis limit) {
  const auto end = Clock::now() + limit;
  const auto fd = sys::connect_unix(socket, sys::SocketKind::kStream);
  if (!fd) return std::unexpected(fd.error());
  const std::string request = "GET " + target + " HTTP/1.0\r\nHost: docker\r\n\r\n";
  // Shorter than any socket buffer: one call takes it.
  if (send(fd->get(), request.data(), request.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(request.size()))
    return fail_errno("send");
  const auto answer = receive_all(fd->get(), end);
  if (!answer) return answer;
  const auto head = answer->find("\r\n\r\n");
  const auto status = answer->substr(0, answer->find("\r\n"));
  if (head == std::string::npos || status.find(" 200 ") == std::string::npos)
    return fail("GET " + target + ": '" + status + "'");
  return answer->substr(head + 4);
}

Result<void> wait_for_live_restore(const std::string& socket, bool on, sys::Millis limit) {
  const auto end = Clock::now() + limit;
  for (;;) {
    const auto body = docker_get(socket, "/info", sys::Millis(left_until(end)));
    if (!body) return context("docker", body.error());
    const auto info = nlohmann::json::parse(*body, nullptr, false);
    if (info.is_object() && info.value("LiveRestoreEnabled", !on) == on) return {};
    if (Clock::now() >= end) return fail_errno("docker: live-restore", ETIMEDOUT);
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace ros::manager
