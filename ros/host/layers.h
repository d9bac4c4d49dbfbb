// The user's layers of the configuration, read from where they lie.
#pragma once

#include <vector>

#include "config/load.h"
#include "plan/plan.h"
#include "sys/files.h"
#include "sys/mount.h"

namespace ros::host {

struct Layers {
  // Lowest first: included files of services, the disc's, then the files in their order.
  std::vector<config::Layer> layers;
  Result<void> problem;  // what could not be read; the layers hold the rest
};

// Files that don't exist are left out silently, hidden ones too. `disc`: the layers of a disc that
// was read before; they stand in the result, unless the files want none. Without `keep` nothing is
// written: neither last good versions nor what a stick says.
[[nodiscard]] Layers read_layers(plan::ReadConfig action, std::vector<config::Layer> disc,
                                 const sys::Files& files, sys::Mounter& mounter, bool keep = true);

}  // namespace ros::host
