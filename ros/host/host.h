// Host: carries out the steps of a boot plan on this machine.
//
// perform() blocks and runs on a thread of its own, several at the same time: nothing here keeps state
// between calls but what is const. Every step is idempotent. Errors name what could not be done.
#pragma once

#include <vector>

#include "base/result.h"
#include "config/load.h"
#include "plan/plan.h"
#include "sys/files.h"
#include "sys/mount.h"

namespace ros::host {

// The user's configuration as found; `problem` tells what could not be read although it is there.
struct UserLayers {
  std::vector<config::Layer> layers;  // lowest first
  Result<void> problem;
};

class Host {
 public:
  // Both must outlive the host.
  Host(const sys::Files& files, sys::Mounter& mounter) : files_(files), mounter_(mounter) {}

  [[nodiscard]] const sys::Files& files() const { return files_; }

  // All actions but ReadConfig and StartContainerd, which are the manager's.
  [[nodiscard]] Result<void> perform(const plan::Action& action);

  [[nodiscard]] plan::Facts facts() const;

  // user-data of the NoCloud disc (when there is one), then the files on the state partition.
  [[nodiscard]] UserLayers read_layers(const plan::ReadConfig& action);

 private:
  const sys::Files& files_;
  sys::Mounter& mounter_;
};

}  // namespace ros::host
