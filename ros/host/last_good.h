// The last version of each file of the configuration that could be read, kept on the state: what
// the machine goes on with when somebody has broken the file. Not of discs: one that is put into
// another machine, or replaced by another one, must not bring the keys of an earlier one back.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "config/load.h"
#include "sys/files.h"

namespace ros::host {

inline constexpr std::string_view kLastGoodDirectory = "/var/lib/rancher/last-good";

class LastGood {
 public:
  // Without `keep` nothing is written.
  LastGood(const sys::Files& files, bool keep) : files_(files), keep_(keep) {}

  // The layer of a file that was read, or of the version that stands in for it (Layer::problem).
  // Nothing for a file that is not there, or that can't be read and has none.
  [[nodiscard]] std::optional<config::Layer> layer(const std::string& name,
                                                   const Result<std::string>& text,
                                                   bool services = false);

  // When all files have been read: what was kept of files that are gone goes, with its keys.
  void forget_others() const;

 private:
  const sys::Files& files_;
  bool keep_;
  std::set<std::string> kept_names_;
};

}  // namespace ros::host
