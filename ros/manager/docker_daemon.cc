#include "manager/docker_daemon.h"

#include <array>
#include <csignal>

#include "base/log.h"
#include "manager/docker_api.h"
#include "manager/docker_options.h"

namespace ros::manager {
namespace {

constexpr auto kImageFile = "/images/docker/rootfs/etc/docker/daemon.json";
constexpr sys::Millis kSignalLimit{10'000};
constexpr sys::Millis kSwitchLimit{10'000};

Result<void> write_certificates(const sys::Files& files, const config::DockerConfig& docker) {
  if (auto made = files.make_directories(kDaemonCertificates, 0700); !made) return made;
  const auto pairs = std::to_array<std::pair<const char*, const std::string*>>(
      {{"/ca.pem", &docker.ca_cert},
       {"/server-cert.pem", &docker.server_cert},
       {"/server-key.pem", &docker.server_key}});
  for (const auto& [name, text] : pairs) {
    if (text->empty()) continue;
    if (auto written = files.write_atomic(std::string(kDaemonCertificates) + name, *text, 0600);
        !written)
      return written;
  }
  return {};
}

Result<void> write_settings(const sys::Files& files, const config::DockerConfig& docker,
                            bool live_restore) {
  DaemonInput input{.image_file = "", .user_file = "", .live_restore = live_restore};
  auto image = files.read(kImageFile);
  if (!image) return std::unexpected(image.error());
  input.image_file = std::move(*image);
  if (!docker.config_file.empty()) {
    auto user = files.read(docker.config_file);
    if (user) {
      input.user_file = std::move(*user);
    } else {
      log(LogLevel::kError, "docker: config_file: " + user.error().message);
    }
  }
  const auto text = daemon_json(docker, input);
  if (!text) return std::unexpected(text.error());
  if (auto certificates = write_certificates(files, docker); !certificates) return certificates;
  return files.write_atomic(kDaemonFile, *text, 0600);
}

bool is_in_swarm(const sys::Files& files, const config::DockerConfig& docker) {
  return files.exists(data_root(docker) + "/swarm/docker-state.json");
}

}  // namespace

void DockerDaemon::configure(config::DockerConfig docker) {
  if (docker == docker_) return;
  docker_ = std::move(docker);
  // starting() and ready() write otherwise.
  if (const auto id = supervise::Id::parse(running_)) write_and_reload(*id, live_restore_);
}

sys::Background::Work DockerDaemon::starting() {
  running_.clear();
  return [&files = files_, docker = docker_]() -> Result<void> {
    return write_settings(files, docker, !is_in_swarm(files, docker));
  };
}

void DockerDaemon::ready(const supervise::Id& id) {
  running_ = id.text();
  write_and_reload(id, false);
}

sys::Task<bool> DockerDaemon::stopping(supervise::Id id, bool again) {
  const bool answers = std::exchange(running_, "") == id.text();
  if (!again || !answers || live_restore_given(docker_)) co_return true;
  Result<bool> swarm = co_await in_swarm();
  if (swarm && *swarm) {
    log(LogLevel::kNotice, "docker: the node belongs to a swarm, its containers stop with dockerd");
    co_return true;
  }
  const std::string text = id.text();
  Result<void> done = co_await write(true);
  if (done) done = co_await client_.kill_task(text, SIGHUP, false, kSignalLimit);
  if (done) {
    sys::InBackground<void> switched(
        background_, [] { return wait_for_live_restore(kDockerSocket, true, kSwitchLimit); });
    done = co_await switched;
  }
  if (!done)
    log(LogLevel::kWarning, "docker: containers will stop with dockerd: " + done.error().message);
  co_return done.has_value();
}

void DockerDaemon::write_and_reload(const supervise::Id& id, bool live_restore) {
  tasks_.start<Result<void>>(write(live_restore), [this, id](const Result<void>& written) {
    if (!written) return log(LogLevel::kError, "docker: " + written.error().message);
    if (running_ == id.text()) reload(id);
  });
}

void DockerDaemon::reload(const supervise::Id& id) {
  sys::start<Result<void>>(client_.kill_task(id.text(), SIGHUP, false, kSignalLimit),
                           [](Result<void> sent) {
                             if (!sent)
                               log(LogLevel::kWarning, "docker: reload: " + sent.error().message);
                           });
}

sys::Task<Result<void>> DockerDaemon::write(bool live_restore) {
  live_restore_ = live_restore;
  sys::Turns::Wait place = writes_.wait(0);
  const sys::Turns::Turn turn = co_await place;
  sys::InBackground<void> writing(background_, [&files = files_, docker = docker_, live_restore] {
    return write_settings(files, docker, live_restore);
  });
  Result<void> written = co_await writing;
  co_return written;
}

sys::Task<Result<bool>> DockerDaemon::in_swarm() {
  sys::InBackground<bool> looking(
      background_,
      [&files = files_, docker = docker_]() -> Result<bool> { return is_in_swarm(files, docker); });
  Result<bool> found = co_await looking;
  co_return found;
}

}  // namespace ros::manager
