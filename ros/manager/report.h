// The boot report: what ran when, for the console, `ros boot` and benchmarks. Pure.
#pragma once

#include <string>
#include <vector>

#include "config/source.h"
#include "manager/steps.h"
#include "supervise/action.h"

namespace ros::manager {

struct BootReport {
  std::vector<StepReport> steps;
  std::vector<supervise::Status> services;
  sys::Millis ready{0};  // when everything had settled
};

// "  0.61  0.02  modules" lines under a head line, times in seconds since the kernel started, and
// last "roster 1.0 ready in 4.20 s"; what failed is named with its reason.
[[nodiscard]] std::string report_text(const BootReport& report);

// What is wrong with the configuration, for the consoles and the login banner: the first lines, and
// where to see the others. "" when nothing is; what is harmless is not told here.
[[nodiscard]] std::string complaints_text(const config::Complaints& complaints);

[[nodiscard]] std::string report_json(const BootReport& report);

}  // namespace ros::manager
