#include "manager/remover.h"

#include <csignal>

#include "base/log.h"
#include "logd/fifo.h"
#include "manager/containerd_calls.h"
#include "manager/image_accounts.h"
#include "manager/leftovers.h"
#include "manager/probe.h"
#include "manager/rootfs.h"
#include "sys/mount.h"
#include "sys/restart_delay.h"

namespace ros::manager {
namespace {

constexpr int kEmptyTries = 25;  // kAwayDelay apart: killed processes end soon
constexpr sys::Millis kIdleDelay{50};
constexpr int kIdleTries = 20;  // kIdleDelay apart: a shim that was told to end has ended by then

void warn(const std::string& id, const Result<void>& done) {
  if (!done) log(LogLevel::kWarning, "remove " + id + ": " + done.error().message);
}

// Blocks: a root of a pulled image lies on the state.
void remove_files(const sys::Files& files, const std::string& id) {
  sys::KernelMounter mounter;
  warn(id, remove_bundle(files, mounter, id));
  logd::remove_fifos(files, id);
  (void)mounter.unmount(image_directory(id), true);  // a killed manager may have left it
  warn(id, files.remove_all(notify_directory(id)));
  warn(id, files.remove_all(service_directory(id)));
}

}  // namespace

sys::Task<bool> Remover::remove(supervise::Id id, std::set<std::string> sharers,
                                sys::Turns& starts) {
  const std::string text = id.text();
  int refused = 0;
  for (bool first = true;; first = false) {
    Result<void> removed = co_await remove_from_containerd(text);
    if (removed) break;
    if (first) warn(text, removed);
    const bool away = is_away(removed.error());
    const sys::Millis delay = away ? kAwayDelay : sys::restart_delay(++refused + 1);
    co_await sys::Sleep(loop_, delay);
  }
  Result<void> snapshot = co_await images_.remove(text);
  warn(text, snapshot);
  Result<void> emptied = co_await empty_cgroup(text);
  warn(text, emptied);
  co_await end_lost_shims(sharers, starts);
  sys::InBackground<void> removing(background_, [&files = files_, text]() -> Result<void> {
    remove_files(files, text);
    return {};
  });
  const Result<void> removed = co_await removing;
  warn(text, removed);
  co_return true;
}

sys::Task<Result<void>> Remover::remove_from_containerd(std::string id) {
  Result<void> killed = co_await client_.kill_task(id, SIGKILL, true, kKillLimit);
  if (killed) {
    Result<containerd::TaskExit> ended = co_await client_.wait_task(id, kKillLimit);
    if (!ended && !is_missing(ended.error())) co_return std::unexpected(ended.error());
  }
  // What has outlived the first process would keep containerd from deleting the task.
  end_processes(files_, id);
  // A task that has ended can't be signalled, but must be deleted all the same.
  Result<containerd::TaskExit> deleted = co_await client_.delete_task(id, kCallLimit);
  if (!deleted && !is_missing(deleted.error())) co_return std::unexpected(deleted.error());
  Result<void> container = co_await client_.delete_container(id, kCallLimit);
  if (!container && !is_missing(container.error())) co_return container;
  co_return Result<void>{};
}

sys::Task<Result<void>> Remover::empty_cgroup(std::string id) {
  for (int tries = 0;; ++tries) {
    end_processes(files_, id);
    Result<void> removed = remove_cgroup(files_, id);
    if (removed || tries == kEmptyTries) co_return removed;
    co_await sys::Sleep(loop_, kAwayDelay);
  }
}

sys::Task<bool> Remover::end_lost_shims(const std::set<std::string>& sharers, sys::Turns& starts) {
  sys::Turns::Wait no_start = starts.wait(0);
  const sys::Turns::Turn turn = co_await no_start;
  for (int tries = 0;; ++tries) {
    const auto idle = idle_shims(files_, sharers);
    if (idle.empty()) co_return true;
    if (tries == kIdleTries) {
      end_lost(idle);
      co_return true;
    }
    co_await sys::Sleep(loop_, kIdleDelay);
  }
}

}  // namespace ros::manager
