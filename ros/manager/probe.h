// Probes: tell when a running service is ready, in the manifest's four ways
// (config::ReadinessKind).
//
// A probe calls `on_ready` at most once, from the event loop, and stops when it is destroyed.
// Nothing polls where the kernel can tell: sockets are awaited by inotify(7), notify by its
// datagram; only a health check runs on a period, the one the manifest gives.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "config/service.h"
#include "containerd/client.h"
#include "sys/event_loop.h"
#include "sys/fd.h"

namespace ros::manager {

class Probe {
 public:
  Probe() = default;
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  virtual ~Probe() = default;
};

using OnReady = std::function<void()>;
using OnUnhealthy = std::function<void(const std::string& reason)>;

// The task runs: ready in the next turn of the loop.
[[nodiscard]] std::unique_ptr<Probe> started_probe(sys::EventLoop& loop, OnReady on_ready);

// Something listens on the unix socket `path` (it may not exist yet, nor its directory).
[[nodiscard]] Result<std::unique_ptr<Probe>> socket_probe(sys::EventLoop& loop, std::string path,
                                                          OnReady on_ready);

// READY=1 arrives on the datagram socket `notify`, which the probe takes (sd_notify(3)).
[[nodiscard]] Result<std::unique_ptr<Probe>> notify_probe(sys::EventLoop& loop,
                                                          sys::UniqueFd notify, OnReady on_ready);

// The health command in the container exits with 0. `on_unhealthy` is called once, when it has
// failed, or taken too long, `retries` times; the probe goes on.
[[nodiscard]] std::unique_ptr<Probe> health_probe(sys::EventLoop& loop, containerd::Client& client,
                                                  std::string container_id,
                                                  config::Healthcheck check, OnReady on_ready,
                                                  OnUnhealthy on_unhealthy);

// Of the container's socket; of the host.
[[nodiscard]] std::string notify_directory(const std::string& container_id);

// Binds the datagram socket of sd_notify(3) at `path`, in place of an older one.
[[nodiscard]] Result<sys::UniqueFd> bind_notify_socket(const std::string& path);

}  // namespace ros::manager
