#include "fakes/fake_containerd.h"

#include <algorithm>
#include <csignal>

#include "supervise/action.h"

namespace ros::fakes {
namespace {

using containerd::TaskStatus;

constexpr sys::Millis kLatency{1};
constexpr auto kManifest = R"({"config": {"digest": "configuration"}})";
constexpr auto kConfiguration = R"({"config": {"Cmd": ["/app"]}})";

std::string service_of(const std::string& id) {
  const auto parsed = supervise::Id::parse(id);
  return parsed ? parsed->service : id;
}

bool is_carried_out(Fault fault) {
  return fault == Fault::kNone || fault == Fault::kAnswerLost || fault == Fault::kAnswerLate ||
         fault == Fault::kKilledAfter;
}

bool is_kill(Fault fault) {
  return fault == Fault::kKilled || fault == Fault::kKilledAfter;
}

bool is_timeout(Fault fault) {
  return fault == Fault::kSilent || fault == Fault::kAnswerLate;
}

int code_of(Fault fault) {
  if (is_timeout(fault)) return ETIMEDOUT;
  return fault == Fault::kAnswerLost ? ECANCELED : ECONNREFUSED;
}

}  // namespace

// One who waits for the end of a task.
class FakeContainerd::Waiter {
 public:
  Waiter(FakeContainerd& owner, std::string id, Deadline deadline)
      : owner_(owner), id_(std::move(id)) {
    owner_.waiters_.push_back(this);
    if (deadline.count() > 0) set_later(fail_errno("wait_task " + id_, ETIMEDOUT), deadline);
    if (owner_.away()) {
      cut();
    } else {
      look();
    }
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    owner_.loop_->cancel(timer_);
    std::erase(owner_.waiters_, this);
  }

  // Answers when the task has ended.
  void look() {
    const auto task = owner_.tasks_.find(id_);
    if (task == owner_.tasks_.end()) {
      set_later(fail_errno("wait_task " + id_, ENOENT), kLatency);
    } else if (task->second.status == TaskStatus::kStopped) {
      set_later(containerd::TaskExit{task->second.code}, kLatency);
    }
  }
  void cut() { set_later(fail_errno("wait_task " + id_, ECANCELED), kLatency); }

  sys::Completion<Result<containerd::TaskExit>> done;

 private:
  void set_later(Result<containerd::TaskExit> result, sys::Millis delay) {
    owner_.loop_->cancel(timer_);
    timer_ = owner_.loop_->after(delay, [this, result = std::move(result)] { done.set(result); });
  }

  FakeContainerd& owner_;
  std::string id_;
  sys::TimerId timer_ = 0;
};

void FakeContainerd::serve(sys::EventLoop& loop) {
  loop_ = &loop;
  killed_ = false;
  for (const auto& [id, end] : ends_) {
    loop.after(std::max(sys::Millis(0), end.at - loop.now()), [this] { end_due(); });
  }
}

void FakeContainerd::go_away() {
  away_until_ = loop_->now() + kAwayTime;
  for (auto* const waiter : waiters_) waiter->cut();
}

Fault FakeContainerd::begin(const std::string& call) {
  if (killed_) return Fault::kKilled;  // until its loop notices
  Fault fault = Fault::kNone;
  if (const auto found = faults_.find(calls_.size()); found != faults_.end()) fault = found->second;
  if (auto found = faults_by_text_.extract(call)) fault = found.mapped();
  calls_.push_back(call);
  if (fault == Fault::kAway) go_away();
  if (is_kill(fault)) {
    killed_ = true;
    loop_->stop();
  }
  return away() && !is_kill(fault) ? Fault::kRefused : fault;
}

// Each call is carried out when it comes and answered in a later turn of the loop.
template <class T>
FakeContainerd::Reply<T> FakeContainerd::answer(std::string call, Deadline deadline,
                                                std::function<Result<T>()> carry_out) {
  const Fault fault = begin(call);
  Result<T> result = fail_errno(call, code_of(fault));
  if (fault == Fault::kNone && refused_[call]-- > 0) {
    result = fail_errno(call, EBUSY);
  } else if (is_carried_out(fault)) {
    Result<T> carried_out = carry_out();
    if (fault == Fault::kNone) result = std::move(carried_out);
  }
  const bool never = is_kill(fault) || (is_timeout(fault) && deadline.count() == 0);
  if (never) co_await std::suspend_always{};
  co_await sys::Sleep(*loop_, is_timeout(fault) ? deadline : kLatency);
  co_return result;
}

void FakeContainerd::end(const std::string& id, std::uint32_t code) {
  ends_.erase(id);
  const auto task = tasks_.find(id);
  if (task == tasks_.end() || task->second.status == TaskStatus::kStopped) return;
  task->second.status = TaskStatus::kStopped;
  task->second.code = code;
  for (auto* const waiter : waiters_) waiter->look();
}

void FakeContainerd::end_soon(const std::string& id, sys::Millis delay, std::uint32_t code) {
  const auto at = loop_->now() + delay;
  const auto told = ends_.find(id);
  if (told != ends_.end() && told->second.at <= at) return;
  ends_[id] = {at, code};
  loop_->after(delay, [this] { end_due(); });
}

void FakeContainerd::end_due() {
  const auto all = ends_;
  for (const auto& [id, due] : all) {
    if (due.at <= loop_->now()) end(id, due.code);
  }
}

std::size_t FakeContainerd::count(const std::string& call) const {
  return static_cast<std::size_t>(std::ranges::count(calls_, call));
}

std::vector<std::string> FakeContainerd::running() const {
  std::vector<std::string> ids;
  for (const auto& [id, task] : tasks_) {
    if (task.status == TaskStatus::kRunning) ids.push_back(id);
  }
  return ids;
}

std::vector<std::string> FakeContainerd::everything() const {
  std::vector<std::string> all;
  for (const auto& [id, container] : containers_) all.push_back("container " + id);
  for (const auto& [id, task] : tasks_) all.push_back("task " + id);
  for (const auto& key : snapshots_) all.push_back("snapshot " + key);
  return all;
}

void FakeContainerd::must_be_alone(const std::string& id, const std::string& what) {
  for (const auto& other : everything()) {
    const auto other_id = other.substr(other.find(' ') + 1);
    if (other_id != id && service_of(other_id) == service_of(id))
      wrongs_.push_back(what + " " + id + " beside " + other);
  }
}

FakeContainerd::Reply<std::vector<containerd::Container>> FakeContainerd::list_containers(
    std::string /*filter*/, Deadline deadline) {
  using List = std::vector<containerd::Container>;
  return answer<List>("list_containers", deadline, [this] {
    List list;
    for (const auto& [id, container] : containers_) list.push_back(container);
    return list;
  });
}

FakeContainerd::Reply<void> FakeContainerd::create_container(containerd::Container container,
                                                             Deadline deadline) {
  return answer<void>("create_container " + container.id, deadline,
                      [this, container]() -> Result<void> {
                        must_be_alone(container.id, "create_container");
                        if (containers_.contains(container.id))
                          return fail_errno("container " + container.id, EEXIST);
                        containers_[container.id] = container;
                        return {};
                      });
}

FakeContainerd::Reply<void> FakeContainerd::delete_container(std::string id, Deadline deadline) {
  return answer<void>("delete_container " + id, deadline, [this, id]() -> Result<void> {
    if (tasks_.contains(id)) wrongs_.push_back("delete_container " + id + " before its task");
    if (containers_.erase(id) == 0) return fail_errno("container " + id, ENOENT);
    return {};
  });
}

FakeContainerd::Reply<std::uint32_t> FakeContainerd::create_task(containerd::NewTask task,
                                                                 Deadline deadline) {
  const auto id = task.container_id;
  return answer<std::uint32_t>("create_task " + id, deadline,
                               [this, id]() -> Result<std::uint32_t> {
                                 must_be_alone(id, "create_task");
                                 if (!containers_.contains(id))
                                   return fail_errno("container " + id, ENOENT);
                                 if (tasks_.contains(id)) return fail_errno("task " + id, EEXIST);
                                 tasks_[id].pid = ++last_pid_;
                                 return last_pid_;
                               });
}

FakeContainerd::Reply<void> FakeContainerd::start_task(std::string id, Deadline deadline) {
  return answer<void>("start_task " + id, deadline, [this, id]() -> Result<void> {
    const auto task = tasks_.find(id);
    if (task == tasks_.end()) return fail_errno("task " + id, ENOENT);
    if (task->second.status != TaskStatus::kCreated) return fail_errno("task " + id, EBUSY);
    task->second.status = TaskStatus::kRunning;
    return {};
  });
}

FakeContainerd::Reply<void> FakeContainerd::kill_task(std::string id, int signal, bool /*all*/,
                                                      Deadline deadline) {
  return answer<void>("kill_task " + id + " " + std::to_string(signal), deadline,
                      [this, id, signal] { return kill(id, signal); });
}

Result<void> FakeContainerd::kill(const std::string& id, int signal) {
  const auto task = tasks_.find(id);
  if (task == tasks_.end() || task->second.status == TaskStatus::kStopped)
    return fail_errno("task " + id, ENOENT);
  const auto manner = manners[service_of(id)];
  if (signal == SIGKILL) {
    end_soon(id, kLatency, 128 + SIGKILL);
  } else if (!manner.deaf) {
    end_soon(id, manner.takes, manner.code);
  }
  return {};
}

FakeContainerd::Reply<containerd::TaskExit> FakeContainerd::wait_task(std::string id,
                                                                      Deadline deadline) {
  auto asked = answer<void>("wait_task " + id, deadline, [] { return Result<void>(); });
  const Result<void> begun = co_await asked;
  if (!begun) co_return std::unexpected(begun.error());
  Waiter waiter(*this, id, deadline);
  auto& done = waiter.done;
  Result<containerd::TaskExit> exit = co_await done;
  co_return exit;
}

FakeContainerd::Reply<containerd::TaskExit> FakeContainerd::delete_task(std::string id,
                                                                        Deadline deadline) {
  using containerd::TaskExit;
  return answer<TaskExit>("delete_task " + id, deadline, [this, id]() -> Result<TaskExit> {
    const auto task = tasks_.find(id);
    if (task == tasks_.end()) return fail_errno("task " + id, ENOENT);
    if (task->second.status == TaskStatus::kRunning) return fail_errno("task " + id, EBUSY);
    const TaskExit exit{task->second.code};
    tasks_.erase(task);
    return exit;
  });
}

FakeContainerd::Reply<std::vector<containerd::TaskInfo>> FakeContainerd::list_tasks(
    Deadline deadline) {
  using List = std::vector<containerd::TaskInfo>;
  return answer<List>("list_tasks", deadline, [this] {
    List list;
    for (const auto& [id, task] : tasks_) list.push_back({id, task.pid, task.status, task.code});
    return list;
  });
}

FakeContainerd::Reply<containerd::TaskExit> FakeContainerd::exec(std::string id,
                                                                 std::string exec_id,
                                                                 std::vector<std::string> /*argv*/,
                                                                 Deadline deadline) {
  using containerd::TaskExit;
  return answer<TaskExit>("exec " + id + " " + exec_id, deadline, [this, id]() -> Result<TaskExit> {
    const auto ids = running();
    if (std::ranges::find(ids, id) == ids.end()) return fail_errno("task " + id, ENOENT);
    return TaskExit{healthy ? 0U : 1U};
  });
}

FakeContainerd::Reply<std::vector<containerd::Image>> FakeContainerd::list_images(
    Deadline deadline) {
  using List = std::vector<containerd::Image>;
  return answer<List>("list_images", deadline,
                      [this] { return pulled_ ? List{{kPulledImage, "manifest", ""}} : List{}; });
}

FakeContainerd::Reply<containerd::Image> FakeContainerd::pull(std::string reference,
                                                              bool /*plain_http*/,
                                                              Deadline deadline) {
  using containerd::Image;
  return answer<Image>("pull " + reference, deadline, [this, reference]() -> Result<Image> {
    if (reference != kPulledImage) return fail_errno("image " + reference, ENOENT);
    pulled_ = true;
    return Image{reference, "manifest", ""};
  });
}

FakeContainerd::Reply<std::string> FakeContainerd::read_content(std::string digest,
                                                                std::size_t /*limit*/,
                                                                Deadline deadline) {
  return answer<std::string>("read_content " + digest, deadline, [digest] {
    return Result<std::string>(digest == "manifest" ? kManifest : kConfiguration);
  });
}

FakeContainerd::Reply<FakeContainerd::Labels> FakeContainerd::content_labels(std::string digest,
                                                                             Deadline deadline) {
  return answer<Labels>("content_labels " + digest, deadline, [] {
    return Labels{{"containerd.io/gc.ref.snapshot.overlayfs", "chain"}};
  });
}

FakeContainerd::Reply<FakeContainerd::Mounts> FakeContainerd::prepare_snapshot(std::string key,
                                                                               std::string parent,
                                                                               Deadline deadline) {
  return answer<Mounts>("prepare_snapshot " + key, deadline,
                        [this, key, parent]() -> Result<Mounts> {
                          if (!snapshots_.insert(key).second)
                            return fail_errno("snapshot " + key, EEXIST);
                          return Mounts{{"overlay", "", "overlay", {"lowerdir=/" + parent}}};
                        });
}

FakeContainerd::Reply<void> FakeContainerd::remove_snapshot(std::string key, Deadline deadline) {
  return answer<void>("remove_snapshot " + key, deadline, [this, key]() -> Result<void> {
    if (containers_.contains(key))
      wrongs_.push_back("remove_snapshot " + key + " before its container");
    if (snapshots_.erase(key) == 0) return fail_errno("snapshot " + key, ENOENT);
    return {};
  });
}

FakeContainerd::Reply<std::vector<std::string>> FakeContainerd::list_snapshots(Deadline deadline) {
  using List = std::vector<std::string>;
  return answer<List>("list_snapshots", deadline,
                      [this] { return List(snapshots_.begin(), snapshots_.end()); });
}

}  // namespace ros::fakes
