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

}  // namespace

void DockerDaemon::configure(config::DockerConfig docker) {
  if (docker == docker_) return;
  docker_ = std::move(docker);
  if (running_.empty()) return;  // starting() writes
  if (auto written = write(live_restore_); !written) {
    log(LogLevel::kError, "docker: " + written.error().message);
    return;
  }
  if (const auto id = supervise::Id::parse(running_)) reload(*id);
}

Result<void> DockerDaemon::starting() {
  running_.clear();
  return write(!in_swarm());
}

void DockerDaemon::ready(const supervise::Id& id) {
  running_ = id.text();
  if (auto written = write(false); !written) {
    log(LogLevel::kError, "docker: " + written.error().message);
    return;
  }
  reload(id);
}

sys::Task<bool> DockerDaemon::stopping(supervise::Id id, bool again) {
  const bool answers = std::exchange(running_, "") == id.text();
  if (!again || !answers || live_restore_given(docker_)) co_return true;
  if (in_swarm()) {
    log(LogLevel::kNotice, "docker: the node belongs to a swarm, its containers stop with dockerd");
    co_return true;
  }
  const std::string text = id.text();
  Result<void> done = write(true);
  if (done) done = co_await client_.kill_task(text, SIGHUP, false, kSignalLimit);
  if (done) {
    sys::Completion<Result<void>> answer;
    background_.run([] { return wait_for_live_restore(kDockerSocket, true, kSwitchLimit); },
                    [&answer](Result<void> result) { answer.set(std::move(result)); });
    done = co_await answer;
  }
  if (!done)
    log(LogLevel::kWarning, "docker: containers will stop with dockerd: " + done.error().message);
  co_return done.has_value();
}

void DockerDaemon::reload(const supervise::Id& id) {
  sys::start<Result<void>>(client_.kill_task(id.text(), SIGHUP, false, kSignalLimit),
                           [](Result<void> sent) {
                             if (!sent)
                               log(LogLevel::kWarning, "docker: reload: " + sent.error().message);
                           });
}

Result<void> DockerDaemon::write(bool live_restore) {
  live_restore_ = live_restore;
  DaemonInput input{.image_file = "", .user_file = "", .live_restore = live_restore};
  auto image = files_.read(kImageFile);
  if (!image) return std::unexpected(image.error());
  input.image_file = std::move(*image);
  if (!docker_.config_file.empty()) {
    auto user = files_.read(docker_.config_file);
    if (user) {
      input.user_file = std::move(*user);
    } else {
      log(LogLevel::kError, "docker: config_file: " + user.error().message);
    }
  }
  const auto text = daemon_json(docker_, input);
  if (!text) return std::unexpected(text.error());
  if (auto certificates = write_certificates(); !certificates) return certificates;
  return files_.write_atomic(kDaemonFile, *text, 0600);
}

Result<void> DockerDaemon::write_certificates() const {
  if (auto made = files_.make_directories(kDaemonCertificates, 0700); !made) return made;
  const auto pairs = std::to_array<std::pair<const char*, const std::string*>>(
      {{"/ca.pem", &docker_.ca_cert},
       {"/server-cert.pem", &docker_.server_cert},
       {"/server-key.pem", &docker_.server_key}});
  for (const auto& [name, text] : pairs) {
    if (text->empty()) continue;
    if (auto written = files_.write_atomic(std::string(kDaemonCertificates) + name, *text, 0600);
        !written)
      return written;
  }
  return {};
}

bool DockerDaemon::in_swarm() const {
  return files_.exists(data_root(docker_) + "/swarm/docker-state.json");
}

}  // namespace ros::manager
