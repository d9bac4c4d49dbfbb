#include "host/modules.h"

#include <poll.h>
#include <sys/eventfd.h>

#include <array>

#include "base/log.h"
#include "base/text.h"
#include "host/problems.h"

namespace ros::host {
namespace {

constexpr auto kBuses = "/sys/bus";
// The one class of devices with modules of its own (evdev): power buttons, keyboards.
constexpr auto kInputs = "/sys/class/input";

}  // namespace

Modules::~Modules() {
  if (!listener_.joinable()) return;
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = write(stop_.get(), &one, sizeof one);
  listener_.join();
}

Result<void> Modules::load(const std::string& release, const std::vector<std::string>& lines) {
  Problems problems;
  for (const auto& line : lines) {
    auto words = split_words(line);
    if (words.empty()) continue;
    const std::string name = words.front();
    words.erase(words.begin());
    problems.add(load_one(release, name, join(words, " ")));
  }
  return problems.result();
}

Result<void> Modules::coldplug(const std::string& release) {
  if (auto known = index(release); !known) return std::unexpected(known.error());
  auto events = sys::UeventSocket::open();
  if (!events) return std::unexpected(events.error());
  const auto buses = files_.list(kBuses);
  if (!buses) return std::unexpected(buses.error());
  for (const auto& bus : *buses)
    serve_devices(release, std::string(kBuses) + "/" + bus + "/devices");
  serve_devices(release, kInputs);
  serve_events(release, *events);
  stop_.reset(eventfd(0, EFD_CLOEXEC));
  if (!stop_.valid()) return fail_errno("eventfd");
  listener_ = std::thread([this, release, socket = std::move(*events)]() mutable {
    listen(release, std::move(socket));
  });
  return {};
}

Result<const sys::ModuleIndex*> Modules::index(const std::string& release) {
  const std::lock_guard lock(mutex_);
  if (!index_) {
    auto loaded = sys::ModuleIndex::load(files_, release);
    if (!loaded) return std::unexpected(loaded.error());
    index_ = std::make_unique<sys::ModuleIndex>(std::move(*loaded));
  }
  return index_.get();
}

Result<void> Modules::load_one(const std::string& release, const std::string& name,
                               const std::string& parameters) {
  const auto known = index(release);
  if (!known) return std::unexpected(known.error());
  const auto order = (*known)->load_order(name);
  if (!order) return std::unexpected(order.error());
  for (const auto& path : *order) {
    {
      const std::lock_guard lock(mutex_);
      if (done_.contains(path)) continue;
    }
    const bool last = path == order->back();
    auto loaded = machine_.load_module(files_.real("/lib/modules/" + release + "/" + path),
                                       last ? parameters : "");
    if (!loaded) return loaded;
    const std::lock_guard lock(mutex_);
    done_.insert(path);
  }
  return {};
}

void Modules::serve_devices(const std::string& release, const std::string& directory) {
  const auto devices = files_.list(directory);
  if (!devices) return;
  for (const auto& device : *devices) {
    const auto modalias = files_.read(directory + "/" + device + "/modalias");
    if (modalias) serve_modalias(release, std::string(trim(*modalias)));
  }
}

void Modules::serve_modalias(const std::string& release, const std::string& modalias) {
  {
    const std::lock_guard lock(mutex_);
    if (modalias.empty() || !done_.insert(modalias).second) return;
  }
  const auto known = index(release);
  if (!known) return;
  for (const auto& name : (*known)->match(modalias))
    if (const auto loaded = load_one(release, name, ""); !loaded)
      log(LogLevel::kInfo, loaded.error().message);
}

void Modules::serve_events(const std::string& release, sys::UeventSocket& events) {
  for (;;) {
    const auto event = events.next();
    if (!event) continue;  // lost some; later ones may still wait
    if (!*event) return;
    if ((*event)->action == "add") serve_modalias(release, (*event)->value("MODALIAS"));
  }
}

void Modules::listen(const std::string& release, sys::UeventSocket events) {
  for (;;) {
    std::array<pollfd, 2> waits = {pollfd{events.fd(), POLLIN, 0}, pollfd{stop_.get(), POLLIN, 0}};
    if (poll(waits.data(), waits.size(), -1) < 0) continue;
    if (waits[1].revents != 0) return;
    serve_events(release, events);
  }
}

}  // namespace ros::host
