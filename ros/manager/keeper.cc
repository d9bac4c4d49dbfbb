#include "manager/keeper.h"

#include <algorithm>

#include "base/log.h"

namespace ros::manager {
namespace {

constexpr auto kContainerdSocket = "/run/system-containerd/containerd.sock";
constexpr auto kMemory = "/run/ros/manager/memory";
constexpr sys::Millis kRetry{500};

}  // namespace

Keeper::Keeper(sys::EventLoop& loop, sys::Background& background, containerd::Client& client,
               ImageStore& images, const sys::Files& files,
               std::vector<config::ServiceDefinition> services,
               std::vector<supervise::Rejected> rejected, OnChange on_change,
               std::function<void()> on_shut_down)
    : loop_(loop),
      files_(files),
      on_change_(std::move(on_change)),
      on_shut_down_(std::move(on_shut_down)),
      supervisor_(std::move(services), std::move(rejected)),
      runner_(loop, background, client, images, files, supervisor_, [this] { pump(); }) {}

void Keeper::begin() {
  auto probe = socket_probe(loop_, kContainerdSocket, [this] { containerd_answers(); });
  if (probe) {
    containerd_probe_ = std::move(*probe);
  } else {
    log(LogLevel::kError, "containerd: " + probe.error().message);
    loop_.after(kRetry, [this] { begin(); });
  }
}

void Keeper::containerd_answers() {
  tasks_.start<bool>(take_over(), [this](bool) {
    begun_ = true;
    pump();
  });
}

sys::Task<bool> Keeper::take_over() {
  for (;;) {
    Result<std::vector<supervise::Existing>> existing = co_await runner_.existing();
    if (existing) {
      std::vector<supervise::Memory> memory;
      if (const auto text = files_.read(kMemory)) {
        auto decoded = supervise::decode_memory(*text);
        if (decoded) memory = std::move(*decoded);
      }
      supervisor_.adopt(loop_.now(), *existing, memory);
      for (const auto& found : *existing) {
        const auto id = supervise::Id::parse(found.id);
        if (id && found.has_container && found.task == supervise::Existing::Task::kRunning) {
          runner_.take_over(*id);
        }
      }
      supervisor_.boot(loop_.now());
      co_return true;
    }
    log(LogLevel::kWarning, existing.error().message);
    co_await sys::Sleep(loop_, kRetry);
  }
}

void Keeper::pump() {
  if (!begun_ || scheduled_) return;
  scheduled_ = true;
  loop_.post([this] { drain(); });
}

void Keeper::drain() {
  scheduled_ = false;
  const auto actions = supervisor_.take_actions();
  const auto changes = supervisor_.take_changes();
  if (!actions.empty() || !changes.empty()) {
    const auto text = supervise::encode_memory(supervisor_.memory());
    if (auto kept = files_.write_atomic(kMemory, text, 0600); !kept) {
      log(LogLevel::kWarning, kept.error().message);
    }
  }
  for (const auto& action : actions) runner_.perform(action);
  for (const auto& change : changes) on_change_(change);
  if (supervisor_.shutdown_done()) return on_shut_down_();
  arm_timer();
}

void Keeper::arm_timer() {
  if (timer_ != 0) loop_.cancel(timer_);
  timer_ = 0;
  const auto deadline = supervisor_.next_deadline();
  if (!deadline) return;
  timer_ = loop_.after(std::max(sys::Millis(0), *deadline - loop_.now()), [this] {
    timer_ = 0;
    supervisor_.tick(loop_.now());
    pump();
  });
}

}  // namespace ros::manager
