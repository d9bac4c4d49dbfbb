// DockerDaemon: dockerd's settings file and its live-restore policy (docs/decisions/0002).
//
// live-restore counts at two moments: when dockerd starts (take over what lives, or stop it) and
// when it gets SIGTERM (leave the containers, or stop them). In between it only forbids Swarm. So
// the file says
//   before a start           on, unless the node belongs to a swarm
//   when dockerd answers     off, by SIGHUP: Swarm works, and SIGTERM at power-off stops in order
//   before a planned restart on, by SIGHUP, without a swarm; SIGTERM waits until dockerd says so
// What the user sets wins and stays.
#pragma once

#include "config/config.h"
#include "containerd/client.h"
#include "manager/attendant.h"
#include "sys/background.h"
#include "sys/files.h"
#include "sys/tasks.h"
#include "sys/turns.h"

namespace ros::manager {

class DockerDaemon final : public Attendant {
 public:
  // All must outlive the object.
  DockerDaemon(sys::EventLoop& loop, containerd::Client& client, sys::Background& background,
               const sys::Files& files)
      : client_(client), background_(background), files_(files), writes_(loop, 1) {}

  // New settings: written now, and taken over by a running dockerd as far as it can.
  void configure(config::DockerConfig docker);

  [[nodiscard]] sys::Background::Work starting() override;
  void ready(const supervise::Id& id) override;
  [[nodiscard]] sys::Task<bool> stopping(supervise::Id id, bool again) override;

 private:
  // With the settings of the moment when it is its turn.
  [[nodiscard]] sys::Task<Result<void>> write(bool live_restore);
  void write_and_reload(const supervise::Id& id, bool live_restore);
  [[nodiscard]] sys::Task<Result<bool>> in_swarm();
  void reload(const supervise::Id& id);

  containerd::Client& client_;
  sys::Background& background_;
  const sys::Files& files_;
  config::DockerConfig docker_;
  sys::Turns writes_;         // the last one asked for is the last one done
  bool live_restore_ = true;  // as last written
  std::string running_;       // container id while dockerd answers, else ""
  sys::Tasks tasks_;
};

}  // namespace ros::manager
