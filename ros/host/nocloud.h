// The NoCloud disc: a file system with the label cidata and the files user-data and meta-data, by
// which hypervisors, clouds and owners hand a configuration over (cloud-init's data source
// NoCloud).
//
// Whoever made the disc may be nobody's friend: only iso9660 and vfat are mounted, its files must
// be regular ones of at most sys::kReadLimit bytes, and links on it lead nowhere else.
#pragma once

#include <vector>

#include "config/load.h"
#include "host/problems.h"
#include "plan/plan.h"
#include "sys/files.h"
#include "sys/mount.h"

namespace ros::host {

// The layers of the disc that counts by `action.discs`; it is mounted for as long as it is read.
// `configured`: the machine has a configuration of its own. A stick that is left alone for that is
// told.
[[nodiscard]] std::vector<config::Layer> read_nocloud(const plan::ReadConfig& action,
                                                      bool configured, const sys::Files& files,
                                                      sys::Mounter& mounter, Problems& problems);

// Writes a stick's layer to plan::kConfigDirectory: the stick is not plugged in forever, and later
// ones do not count.
[[nodiscard]] Result<void> keep_layer(const config::Layer& layer, const sys::Files& files);

}  // namespace ros::host
