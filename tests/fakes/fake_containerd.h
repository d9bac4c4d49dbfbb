// A containerd of plain values: keeps containers, tasks and snapshots, remembers each call, and
// fails as it is told to. It outlives the managers that ask it.
//
// There is one image, which pull() brings. A task runs until it is told to end or is killed.
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "containerd/client.h"
#include "sys/event_loop.h"
#include "sys/task.h"

namespace ros::fakes {

inline constexpr char kPulledImage[] = "registry.example/app:1";

// What becomes of one call.
enum class Fault {
  kNone,
  kRefused,      // not carried out; ECONNREFUSED
  kAnswerLost,   // carried out; ECANCELED
  kSilent,       // not carried out; ETIMEDOUT at the call's deadline
  kAnswerLate,   // carried out; ETIMEDOUT at the call's deadline
  kAway,         // from this call on the daemon is away for kAwayTime: all waits end
  kKilled,       // the manager is killed before the call is carried out
  kKilledAfter,  // and after it is
};
inline constexpr sys::Millis kAwayTime{1000};

class FakeContainerd final : public containerd::Client {
 public:
  struct FakeTask {
    containerd::TaskStatus status = containerd::TaskStatus::kCreated;
    std::uint32_t pid = 0;
    std::uint32_t code = 0;
  };
  // How the tasks of a service take SIGTERM.
  struct Manners {
    bool deaf = false;
    sys::Millis takes{5};
    std::uint32_t code = 0;
  };

  // Answers by this loop from now on. What was asked by another one must be gone.
  void serve(sys::EventLoop& loop);

  // The `call`-th call, counted from 0.
  void fail(std::size_t call, Fault fault) { faults_[call] = fault; }
  // The next call with this text.
  void fail(const std::string& call, Fault fault) { faults_by_text_[call] = fault; }
  // The next calls with this text, or all from now on: EBUSY.
  void refuse(const std::string& call, int times = std::numeric_limits<int>::max()) {
    refused_[call] = times;
  }
  void go_away();
  // A fault has killed the manager since the last serve(): its loop is stopped.
  [[nodiscard]] bool killed() const { return killed_; }

  // As an earlier boot has left it.
  void leave_snapshot(const std::string& key) { snapshots_.insert(key); }

  // A running task ends by itself.
  void end(const std::string& id, std::uint32_t code);
  std::map<std::string, Manners> manners;  // by service
  bool healthy = true;                     // what exec() finds

  [[nodiscard]] const std::vector<std::string>& calls() const { return calls_; }
  [[nodiscard]] std::size_t count(const std::string& call) const;
  // Ids of all tasks that run.
  [[nodiscard]] std::vector<std::string> running() const;
  // "container a.1", "task a.1", "snapshot a.1".
  [[nodiscard]] std::vector<std::string> everything() const;
  // Two generations of a service at a time, and other things that never may be.
  [[nodiscard]] const std::vector<std::string>& wrongs() const { return wrongs_; }

  // As containerd::Client says.
  template <class T>
  using Reply = sys::Task<Result<T>>;
  using Mounts = std::vector<sys::Mount>;
  using Labels = std::map<std::string, std::string>;
  using Stream = std::unique_ptr<containerd::EventStream>;

  Reply<std::vector<containerd::Container>> list_containers(std::string filter,
                                                            Deadline deadline) override;
  Reply<void> create_container(containerd::Container container, Deadline deadline) override;
  Reply<void> delete_container(std::string id, Deadline deadline) override;
  Reply<std::uint32_t> create_task(containerd::NewTask task, Deadline deadline) override;
  Reply<void> start_task(std::string id, Deadline deadline) override;
  Reply<void> kill_task(std::string id, int signal, bool all, Deadline deadline) override;
  Reply<containerd::TaskExit> wait_task(std::string id, Deadline deadline) override;
  Reply<containerd::TaskExit> delete_task(std::string id, Deadline deadline) override;
  Reply<std::vector<containerd::TaskInfo>> list_tasks(Deadline deadline) override;
  Reply<containerd::TaskExit> exec(std::string id, std::string exec_id,
                                   std::vector<std::string> argv, Deadline deadline) override;
  Reply<std::vector<containerd::Image>> list_images(Deadline deadline) override;
  Reply<containerd::Image> pull(std::string reference, bool plain_http, Deadline deadline) override;
  Reply<std::string> read_content(std::string digest, std::size_t limit,
                                  Deadline deadline) override;
  Reply<Labels> content_labels(std::string digest, Deadline deadline) override;
  Reply<Mounts> prepare_snapshot(std::string key, std::string parent, Deadline deadline) override;
  Reply<void> remove_snapshot(std::string key, Deadline deadline) override;
  Reply<std::vector<std::string>> list_snapshots(Deadline deadline) override;

  // The manager asks for none of these.
  Reply<std::string> version(Deadline /*deadline*/) override { return not_faked<std::string>(); }
  Reply<Stream> subscribe(std::function<void(const containerd::Event&)> /*on_event*/,
                          std::function<void(Error)> /*on_end*/, Deadline /*deadline*/) override {
    return not_faked<Stream>();
  }
  Reply<void> delete_image(std::string /*name*/, Deadline /*deadline*/) override {
    return not_faked<void>();
  }
  Reply<Mounts> snapshot_mounts(std::string /*key*/, Deadline /*deadline*/) override {
    return not_faked<Mounts>();
  }
  Reply<std::string> create_lease(std::string /*id*/, Deadline /*deadline*/) override {
    return not_faked<std::string>();
  }
  Reply<void> delete_lease(std::string /*id*/, Deadline /*deadline*/) override {
    return not_faked<void>();
  }

 private:
  class Waiter;

  template <class T>
  static Reply<T> not_faked() {
    co_return fail_errno("not faked", ENOSYS);
  }
  template <class T>
  Reply<T> answer(std::string call, Deadline deadline, std::function<Result<T>()> carry_out);
  [[nodiscard]] bool away() const { return away_until_ && loop_->now() < *away_until_; }
  [[nodiscard]] Fault begin(const std::string& call);
  [[nodiscard]] Result<void> kill(const std::string& id, int signal);
  void end_soon(const std::string& id, sys::Millis delay, std::uint32_t code);
  void end_due();
  void must_be_alone(const std::string& id, const std::string& what);

  sys::EventLoop* loop_ = nullptr;
  std::map<std::string, containerd::Container> containers_;
  std::map<std::string, FakeTask> tasks_;
  std::set<std::string> snapshots_;
  bool pulled_ = false;
  struct End {
    sys::Millis at;
    std::uint32_t code;
  };
  std::map<std::string, End> ends_;  // of tasks that have been told to end
  std::vector<Waiter*> waiters_;
  std::map<std::size_t, Fault> faults_;
  std::map<std::string, Fault> faults_by_text_;
  std::map<std::string, int> refused_;  // how often yet, by text
  std::optional<sys::Millis> away_until_;
  bool killed_ = false;
  std::uint32_t last_pid_ = 100;
  std::vector<std::string> calls_;
  std::vector<std::string> wrongs_;
};

}  // namespace ros::fakes
