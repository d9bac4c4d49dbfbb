// sys::Mount <-> containerd.types.Mount. containerd calls a bind mount's type "bind" where mount(2)
// and sys::Mount have none.
#pragma once

#include <types/mount.pb.h>

#include <string>
#include <vector>

#include "sys/mount.h"

namespace ros::containerd {

[[nodiscard]] inline sys::Mount from_api(const ::containerd::types::Mount& from) {
  return {from.source(), from.target(), from.type() == "bind" ? "" : from.type(),
          std::vector<std::string>(from.options().begin(), from.options().end())};
}

template <class Mounts>
[[nodiscard]] std::vector<sys::Mount> from_api_mounts(const Mounts& from) {
  std::vector<sys::Mount> to;
  for (const auto& mount : from) to.push_back(from_api(mount));
  return to;
}

inline void to_api(const sys::Mount& from, ::containerd::types::Mount& to) {
  to.set_type(from.type.empty() ? "bind" : from.type);
  to.set_source(from.source);
  to.set_target(from.target);
  for (const auto& option : from.options) to.add_options(option);
}

}  // namespace ros::containerd
