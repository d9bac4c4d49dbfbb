// ImageStore: the images that are not part of the system image, and the snapshots of them that
// services run from.
//
// It is a containerd of its own, whose root lies on the state, and is started when a service wants
// such an image. The one that runs the containers keeps all in memory: no built-in service needs
// the state (docs/decisions/0009).
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "containerd/client.h"
#include "manager/rootfs.h"
#include "sys/event_loop.h"
#include "sys/files.h"

namespace ros::manager {

inline constexpr char kImageStoreSocket[] = "/run/image-store/containerd.sock";

class ImageStore {
 public:
  using Start = std::function<Result<void>()>;

  // All references must outlive the store. `start` sees to it that the daemon runs.
  ImageStore(sys::EventLoop& loop, containerd::Client& client, const sys::Files& files,
             Start start);

  // The root of container `id` of a service: pulls the image when it isn't in the store yet, and
  // prepares the snapshot `id`. Each wait has a limit; errors name the image.
  [[nodiscard]] sys::Task<Result<Rootfs>> prepare(config::ServiceDefinition service,
                                                  std::string id);

  // Takes the snapshot away, if `id` has one. What can't be removed now, because the state is gone
  // for instance, goes when the store is next asked for something: nobody waits for that.
  [[nodiscard]] sys::Task<Result<void>> remove(std::string id);

 private:
  // The images that are there, as soon as the daemon answers.
  [[nodiscard]] sys::Task<Result<std::vector<containerd::Image>>> list();
  [[nodiscard]] sys::Task<Result<containerd::Image>> find_or_pull(std::string reference);
  [[nodiscard]] sys::Task<Result<std::string>> configuration_digest(std::string digest);
  [[nodiscard]] sys::Task<Result<Rootfs>> snapshot(std::string image, std::string id);
  // Removes the snapshots of containers that are no more: of earlier boots, above all.
  [[nodiscard]] sys::Task<Result<void>> sweep();

  sys::EventLoop& loop_;
  containerd::Client& client_;
  const sys::Files& files_;
  Start start_;
};

}  // namespace ros::manager
