// A Machine of plain values.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sys/machine.h"

namespace ros::fakes {

class FakeMachine final : public sys::Machine {
 public:
  std::string hostname;
  bool loopback = false;
  std::chrono::system_clock::time_point time;
  struct Resized {
    std::string disk;
    unsigned number;
    std::uint64_t start, size;
  };
  std::vector<Resized> resized;
  std::set<std::string> broken_modules;  // files that fail to load

  Result<void> set_hostname(const std::string& name) override {
    hostname = name;
    return {};
  }
  std::chrono::system_clock::time_point clock() override { return time; }
  Result<void> set_clock(std::chrono::system_clock::time_point value) override {
    time = value;
    return {};
  }
  Result<void> loopback_up() override {
    loopback = true;
    return {};
  }
  Result<void> resize_partition(const std::string& disk, unsigned number, std::uint64_t start,
                                std::uint64_t size) override {
    resized.push_back({disk, number, start, size});
    return {};
  }
  // Called from the module worker's thread.
  Result<void> load_module(const std::string& file, const std::string& parameters) override {
    const std::lock_guard lock(mutex_);
    if (broken_modules.contains(file)) return fail_errno("load module '" + file + "'", EINVAL);
    loaded_.emplace_back(file, parameters);
    return {};
  }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> loaded() const {
    const std::lock_guard lock(mutex_);
    return loaded_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::pair<std::string, std::string>> loaded_;  // file, parameters
};

}  // namespace ros::fakes
