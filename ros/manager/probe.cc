#include "manager/probe.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>

#include "base/text.h"
#include "sys/tasks.h"

namespace ros::manager {
namespace {

constexpr sys::Millis kRefusedRetry{20};  // bound, but not listening yet: no event tells

Result<sockaddr_un> unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return fail("socket path '" + path + "' is longer than 107 bytes");
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

class StartedProbe final : public Probe {
 public:
  StartedProbe(sys::EventLoop& loop, OnReady on_ready)
      : loop_(loop), timer_(loop.after(sys::Millis(0), std::move(on_ready))) {}
  ~StartedProbe() override { loop_.cancel(timer_); }

 private:
  sys::EventLoop& loop_;
  sys::TimerId timer_;
};

class SocketProbe final : public Probe {
 public:
  SocketProbe(sys::EventLoop& loop, std::string path, OnReady on_ready, sys::UniqueFd inotify)
      : loop_(loop),
        path_(std::move(path)),
        on_ready_(std::move(on_ready)),
        inotify_(std::move(inotify)) {}
  ~SocketProbe() override {
    loop_.unwatch(inotify_.get());
    loop_.cancel(timer_);
  }

  Result<void> begin() {
    const auto watched = loop_.watch(inotify_.get(), EPOLLIN, [this](std::uint32_t) {
      std::array<char, 4096> events;
      while (read(inotify_.get(), events.data(), events.size()) > 0) {
      }
      attempt();
    });
    if (!watched) return watched;
    timer_ = loop_.after(sys::Millis(0), [this] { attempt(); });
    return {};
  }

 private:
  void attempt() {
    watch_nearest_directory();  // before the attempt, so that nothing falls between
    const auto address = unix_address(path_);
    if (!address) return;
    const sys::UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const auto* const raw = reinterpret_cast<const sockaddr*>(&*address);
    if (connect(socket.get(), raw, sizeof *address) == 0 || errno == EAGAIN) {
      loop_.unwatch(inotify_.get());
      loop_.cancel(timer_);
      timer_ = loop_.after(sys::Millis(0), on_ready_);
      return;
    }
    loop_.cancel(timer_);
    if (errno == ECONNREFUSED) timer_ = loop_.after(kRefusedRetry, [this] { attempt(); });
  }

  void watch_nearest_directory() {
    std::filesystem::path directory = std::filesystem::path(path_).parent_path();
    constexpr std::uint32_t kMask = IN_CREATE | IN_MOVED_TO | IN_ATTRIB;
    while (inotify_add_watch(inotify_.get(), directory.c_str(), kMask) < 0 &&
           directory != directory.parent_path()) {
      directory = directory.parent_path();
    }
  }

  sys::EventLoop& loop_;
  std::string path_;
  OnReady on_ready_;
  sys::UniqueFd inotify_;
  sys::TimerId timer_ = 0;
};

class NotifyProbe final : public Probe {
 public:
  NotifyProbe(sys::EventLoop& loop, sys::UniqueFd socket, OnReady on_ready)
      : loop_(loop), socket_(std::move(socket)), on_ready_(std::move(on_ready)) {}
  ~NotifyProbe() override { loop_.unwatch(socket_.get()); }

  Result<void> begin() {
    return loop_.watch(socket_.get(), EPOLLIN, [this](std::uint32_t) { receive(); });
  }

 private:
  void receive() {
    std::array<char, 4096> message;
    ssize_t size = 0;
    while ((size = recv(socket_.get(), message.data(), message.size(), MSG_DONTWAIT)) >= 0) {
      const auto lines = split({message.data(), static_cast<std::size_t>(size)}, '\n');
      if (std::ranges::find(lines, "READY=1") == lines.end()) continue;
      loop_.unwatch(socket_.get());
      const auto ready = on_ready_;  // the call may destroy this probe
      ready();
      return;
    }
  }

  sys::EventLoop& loop_;
  sys::UniqueFd socket_;
  OnReady on_ready_;
};

class HealthProbe final : public Probe {
 public:
  HealthProbe(sys::EventLoop& loop, containerd::Client& client, std::string container_id,
              config::Healthcheck check, OnReady on_ready, OnUnhealthy on_unhealthy)
      : loop_(loop),
        client_(client),
        container_id_(std::move(container_id)),
        check_(std::move(check)),
        on_unhealthy_(std::move(on_unhealthy)) {
    checks_.start<bool>(check_until_healthy(),
                        [on_ready = std::move(on_ready)](bool) { on_ready(); });
  }

 private:
  sys::Task<bool> check_until_healthy() {
    for (int run = 1;; ++run) {
      auto argv = check_.test;
      auto exec_id = "health-" + std::to_string(run);
      const auto result = co_await client_.exec(container_id_, exec_id, argv, check_.timeout);
      if (result && result->code == 0) co_return true;
      if (result) {
        count_failure(fmt::format("exit status {}", result->code));
      } else if (result.error().code == ETIMEDOUT) {
        count_failure(fmt::format("no end in {} ms", check_.timeout.count()));
      }
      co_await sys::Sleep(loop_, check_.interval);
    }
  }

  void count_failure(const std::string& how) {
    if (++failures_ != check_.retries) return;
    on_unhealthy_(fmt::format("health check failed {} times: {}", failures_, how));
  }

  sys::EventLoop& loop_;
  containerd::Client& client_;
  std::string container_id_;
  config::Healthcheck check_;
  OnUnhealthy on_unhealthy_;
  int failures_ = 0;
  sys::Tasks checks_;
};

}  // namespace

std::unique_ptr<Probe> started_probe(sys::EventLoop& loop, OnReady on_ready) {
  return std::make_unique<StartedProbe>(loop, std::move(on_ready));
}

Result<std::unique_ptr<Probe>> socket_probe(sys::EventLoop& loop, std::string path,
                                            OnReady on_ready) {
  if (const auto address = unix_address(path); !address) return std::unexpected(address.error());
  sys::UniqueFd inotify(inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!inotify.valid()) return fail_errno("inotify_init1");
  auto probe =
      std::make_unique<SocketProbe>(loop, std::move(path), std::move(on_ready), std::move(inotify));
  if (auto begun = probe->begin(); !begun) return std::unexpected(begun.error());
  return probe;
}

Result<std::unique_ptr<Probe>> notify_probe(sys::EventLoop& loop, sys::UniqueFd notify,
                                            OnReady on_ready) {
  auto probe = std::make_unique<NotifyProbe>(loop, std::move(notify), std::move(on_ready));
  if (auto begun = probe->begin(); !begun) return std::unexpected(begun.error());
  return probe;
}

std::unique_ptr<Probe> health_probe(sys::EventLoop& loop, containerd::Client& client,
                                    std::string container_id, config::Healthcheck check,
                                    OnReady on_ready, OnUnhealthy on_unhealthy) {
  return std::make_unique<HealthProbe>(loop, client, std::move(container_id), std::move(check),
                                       std::move(on_ready), std::move(on_unhealthy));
}

std::string notify_directory(const std::string& container_id) {
  return "/run/ros/notify/" + container_id;
}

Result<sys::UniqueFd> bind_notify_socket(const std::string& path) {
  const auto address = unix_address(path);
  if (!address) return std::unexpected(address.error());
  sys::UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.valid()) return fail_errno("socket");
  unlink(path.c_str());
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&*address), sizeof *address) != 0) {
    return fail_errno("bind '" + path + "'");
  }
  constexpr mode_t kAnybody = 0666;  // the service may not run as root
  if (chmod(path.c_str(), kAnybody) != 0) return fail_errno("chmod '" + path + "'");
  return socket;
}

}  // namespace ros::manager
