// Remover: makes everything of a service's container disappear: task, container, snapshot, and what
// containerd doesn't know (any more): processes in its cgroup, lost shims, its bundle, FIFOs and
// directories. Its directory is made first and removed last, so that the next manager finds what
// this one didn't end.
#pragma once

#include <set>
#include <string>

#include "containerd/client.h"
#include "manager/image_store.h"
#include "supervise/action.h"
#include "sys/background.h"
#include "sys/event_loop.h"
#include "sys/files.h"
#include "sys/turns.h"

namespace ros::manager {

class Remover {
 public:
  // All must outlive the remover.
  Remover(sys::EventLoop& loop, sys::Background& background, containerd::Client& client,
          ImageStore& images, const sys::Files& files)
      : loop_(loop), background_(background), client_(client), images_(images), files_(files) {}

  // Ends when nothing is left; tries again until containerd answers. `sharers`: the services that
  // share the container's shim, itself among them; none = not known, no shim is looked for. While
  // `starts` has no turn for one of them, none of them starts.
  [[nodiscard]] sys::Task<bool> remove(supervise::Id id, std::set<std::string> sharers,
                                       sys::Turns& starts);

 private:
  [[nodiscard]] sys::Task<Result<void>> remove_from_containerd(std::string id);
  // Ends what is still in the cgroup, for instance the start of a container whose shim was killed,
  // and removes it. An error when something would not end.
  [[nodiscard]] sys::Task<Result<void>> empty_cgroup(std::string id);
  [[nodiscard]] sys::Task<bool> end_lost_shims(const std::set<std::string>& sharers,
                                               sys::Turns& starts);

  sys::EventLoop& loop_;
  sys::Background& background_;
  containerd::Client& client_;
  ImageStore& images_;
  const sys::Files& files_;
};

}  // namespace ros::manager
