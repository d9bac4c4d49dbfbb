// Host: carries out the steps of a boot plan.
//
// perform() blocks until its step has ended and may be called from several threads at once. Steps
// are idempotent: done again, they leave the machine as it is.
#pragma once

#include "host/layers.h"
#include "host/modules.h"
#include "plan/plan.h"
#include "sys/files.h"
#include "sys/machine.h"
#include "sys/mount.h"

namespace ros::host {

class Host {
 public:
  // All must outlive the object.
  Host(const sys::Files& files, sys::Mounter& mounter, sys::Machine& machine)
      : files_(files), mounter_(mounter), machine_(machine), modules_(files, machine) {}

  [[nodiscard]] const sys::Files& files() const { return files_; }
  // Only `state_present` asks the disks: it may block.
  [[nodiscard]] bool state_present(const config::Config& config) const;
  [[nodiscard]] plan::Facts facts(bool state_present) const;

  // Every action but StartContainerd and ReadConfig, whose results belong to the caller (EINVAL).
  [[nodiscard]] Result<void> perform(const plan::Action& action);

  [[nodiscard]] Layers read_layers(const plan::ReadConfig& action, std::vector<config::Layer> disc,
                                   bool keep = true);

 private:
  struct Performer;

  const sys::Files& files_;
  sys::Mounter& mounter_;
  sys::Machine& machine_;
  Modules modules_;
};

}  // namespace ros::host
