// Where a configuration value came from, and complaints about it.
#pragma once

#include <string>
#include <vector>

namespace ros::config {

// Line and column count from 1; line 0 = the file as a whole. The command line is line 1.
struct Position {
  std::string file;  // path as users know it, "/proc/cmdline" for the command line
  int line = 0;
  int column = 0;

  [[nodiscard]] std::string describe() const;  // "user-data:3:5"
  friend bool operator==(const Position&, const Position&) = default;
};

// One thing wrong with the configuration. The value concerned was left out, the rest is in effect.
struct Complaint {
  Position position;
  std::string key;        // dotted path, "" when the file as a whole is meant
  std::string message;    // what is wrong and what was expected
  bool harmless = false;  // a key that is known, and does nothing

  // "user-data:3:5: rancher.debug: expected true or false, got 'maybe'"; control characters are
  // shown as \xNN.
  [[nodiscard]] std::string describe() const;
  friend bool operator==(const Complaint&, const Complaint&) = default;
};
using Complaints = std::vector<Complaint>;

}  // namespace ros::config
