// What `ros` alone shows: the machine at a glance.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "control/protocol.h"

namespace ros::cli {

struct Overview {
  std::int64_t uptime_s = 0;
  std::uint64_t memory_kib = 0;        // MemTotal of proc_meminfo(5)
  std::uint64_t memory_used_kib = 0;   // MemTotal - MemAvailable
  std::vector<std::string> addresses;  // "eth0 10.0.2.15"
  // Of the manager; only root gets answers.
  bool answered = false;
  std::vector<control::ServiceRow> services;
  std::string state;
  std::vector<std::string> problems;  // of the state
  std::size_t complaints = 0;         // about the configuration
};

// Pure.
[[nodiscard]] std::string overview_text(const Overview& overview);

// Exit status: 1 when something needs attention, 0 else.
[[nodiscard]] int show_overview();

}  // namespace ros::cli
