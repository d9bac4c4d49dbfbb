// Commands that work on files, on any machine: what a configuration means before it is used.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sys/files.h"

namespace ros::cli {

// The layers as the system would read them, lowest first; the first one is the built-in file.
struct OfflineInput {
  std::vector<std::string> files;
  std::string command_line;
};

// Prints the boot plan of these files; complaints go to standard error. Exit status: 0, or 1 when a
// file can't be read.
int plan_from_files(const OfflineInput& input, bool json);

// Prints what is wrong with the user's files (all but the first), one complaint a line. Exit
// status: 0 when nothing is, 1 when something is, 2 when a file can't be read.
int validate_files(const OfflineInput& input);

// What the system is made of: an SPDX document in the image.
inline constexpr std::string_view kBillOfMaterials = "/usr/share/ros/roster.spdx.json";

// Prints the version, or the bill of materials instead. Exit status: 0, or 1 when it can't be read
// or printed.
int show_version(bool sbom, const sys::Files& files = sys::Files());

}  // namespace ros::cli
