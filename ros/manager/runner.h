// ServiceRunner: carries out the supervisor's actions with containerd and answers it.
//
// Every action gets the answer that supervise/action.h names, sooner or later, also when containerd
// is away for a while: exits and removals are tried again until the daemon answers. The runner
// calls `pump` after each answer so that the manager collects what follows from it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "containerd/client.h"
#include "logd/fifo.h"
#include "manager/attendant.h"
#include "manager/image_store.h"
#include "manager/preparation.h"
#include "manager/probe.h"
#include "manager/remover.h"
#include "manager/rootfs.h"
#include "supervise/supervisor.h"
#include "sys/background.h"
#include "sys/event_loop.h"
#include "sys/files.h"
#include "sys/tasks.h"
#include "sys/turns.h"

namespace ros::manager {

inline constexpr char kServiceLabel[] = "io.rancher.os.service";
inline constexpr char kHashLabel[] = "io.rancher.os.hash";
inline constexpr char kStopLabel[] = "io.rancher.os.stop";  // a StopPolicy

class ServiceRunner {
 public:
  // All must outlive the runner.
  ServiceRunner(sys::EventLoop& loop, sys::Background& background, containerd::Client& client,
                ImageStore& images, const sys::Files& files, supervise::Supervisor& supervisor,
                std::function<void()> pump);

  void perform(const supervise::Action& action);

  // What there is now: containers, tasks also without one, what else was made for a container.
  [[nodiscard]] sys::Task<Result<std::vector<supervise::Existing>>> existing();

  // `attendant` must outlive the runner.
  void attend(const std::string& service, Attendant& attendant);

  // Looks after a task that an earlier manager started.
  void take_over(const supervise::Id& id);

 private:
  struct Generation {
    bool cancelled = false;
    sys::UniqueFd notify;
    logd::FifoPair fifos;  // held until the container is gone: see logd/fifo.h
    std::unique_ptr<Probe> probe;
    sys::Tasks signal;  // sends the last one asked for
  };

  void do_start(const supervise::Start& action);
  void do_stop(const supervise::Stop& action);
  void do_signal(const supervise::Id& id, int signal, bool all);
  void do_remove(const supervise::Id& id);
  void do_probe(const supervise::ProbeReady& action);

  [[nodiscard]] sys::Task<Result<std::uint32_t>> start_service(supervise::Id id, bool create_only);
  // What a container is made of.
  struct Ingredients {
    Rootfs rootfs;
    Preparation preparation;
  };
  [[nodiscard]] sys::Task<Result<Ingredients>> prepare_service(
      supervise::Id id, const config::ServiceDefinition& service);
  [[nodiscard]] sys::Task<Result<void>> create_container(supervise::Id id,
                                                         const config::ServiceDefinition& service,
                                                         const Ingredients& prepared);
  [[nodiscard]] sys::Task<Result<std::uint32_t>> start_task(supervise::Id id);
  // Tries again while containerd is away or does not answer.
  [[nodiscard]] sys::Task<bool> send_signal(supervise::Id id, int signal, bool all);
  [[nodiscard]] sys::Task<int> wait_for_exit(supervise::Id id);
  [[nodiscard]] Result<std::unique_ptr<Probe>> make_probe(const supervise::ProbeReady& action);
  [[nodiscard]] std::string ready_stamp(const supervise::Id& id) const;
  [[nodiscard]] Attendant* attendant_of(const supervise::Id& id) const;  // or null
  // Services that share a shim start one after the other. Where a killed shim left its socket, two
  // at once would each start one at the same path, and one of the two is lost to every later
  // containerd (newShimSocket in containerd's cmd/containerd-shim-runc-v2/manager).
  [[nodiscard]] sys::Turns& turns_of_shim(const std::string& shim);
  [[nodiscard]] std::set<std::string> sharers_of(const std::string& shim) const;
  void watch(const supervise::Id& id);
  void answer_ready(const supervise::Id& id);

  sys::EventLoop& loop_;
  sys::Background& background_;
  containerd::Client& client_;
  ImageStore& images_;
  const sys::Files& files_;
  supervise::Supervisor& supervisor_;
  std::function<void()> pump_;
  Remover remover_;
  std::map<std::string, Attendant*> attendants_;  // by service
  sys::Turns starts_;
  sys::Turns favoured_;
  std::map<std::string, sys::Turns> shims_;  // by shim_of
  std::map<supervise::Id, Generation> generations_;
  std::map<std::string, std::vector<sys::Mount>> rootfs_;  // by container id, until the task exists
  sys::Tasks tasks_;
};

}  // namespace ros::manager
