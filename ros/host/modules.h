// Kernel modules: those that are asked for by name, and those of the devices that are there.
//
// Coldplug walks the devices of every bus once and answers the uevents that loading itself causes.
// A thread goes on answering uevents after that, for devices that take their time (USB), as long as
// the object lives.
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "sys/fd.h"
#include "sys/files.h"
#include "sys/machine.h"
#include "sys/modules.h"
#include "sys/uevent.h"

namespace ros::host {

class Modules {
 public:
  Modules(const sys::Files& files, sys::Machine& machine) : files_(files), machine_(machine) {}
  Modules(const Modules&) = delete;
  Modules& operator=(const Modules&) = delete;
  ~Modules();

  // "NAME PARAMETER=VALUE ..." a line. Those that fail don't keep the others from being loaded.
  [[nodiscard]] Result<void> load(const std::string& release,
                                  const std::vector<std::string>& lines);

  // Failures of single modules are logged: a device without its driver is common.
  [[nodiscard]] Result<void> coldplug(const std::string& release);

 private:
  [[nodiscard]] Result<const sys::ModuleIndex*> index(const std::string& release);
  [[nodiscard]] Result<void> load_one(const std::string& release, const std::string& name,
                                      const std::string& parameters);
  void serve_devices(const std::string& release, const std::string& directory);
  void serve_modalias(const std::string& release, const std::string& modalias);
  void serve_events(const std::string& release, sys::UeventSocket& events);
  void listen(const std::string& release, sys::UeventSocket events);

  const sys::Files& files_;
  sys::Machine& machine_;
  std::mutex mutex_;  // guards index_ and done_
  std::unique_ptr<sys::ModuleIndex> index_;
  std::set<std::string, std::less<>> done_;  // files loaded, modaliases served
  sys::UniqueFd stop_;                       // eventfd(2): ends the listener
  std::thread listener_;
};

}  // namespace ros::host
