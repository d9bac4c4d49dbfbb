// What the daemon's messages say, as plain values. Pure, and safe on any input.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "containerd/client.h"

namespace ros::containerd {

inline constexpr std::string_view kSpecType =
    "types.containerd.io/opencontainers/runtime-spec/1/Spec";
inline constexpr std::string_view kProcessType =
    "types.containerd.io/opencontainers/runtime-spec/1/Process";
inline constexpr std::string_view kRuncOptionsType = "containerd.runc.v1.Options";
inline constexpr std::string_view kShimGroupAnnotation = "io.containerd.runc.v2.group";

// An events.v1 envelope. A topic that is not decoded gives an Event with the topic alone.
[[nodiscard]] Result<Event> decode_event(const std::string& envelope);

// The specification with the shim group noted in its annotations; unchanged for an empty group.
[[nodiscard]] Result<std::string> with_shim_group(const std::string& spec_json,
                                                  const std::string& group);
// "" when there is none or the text is no specification.
[[nodiscard]] std::string shim_group_of(const std::string& spec_json);

// The process of a specification with other arguments and no terminal, for an exec.
[[nodiscard]] Result<std::string> exec_process(const std::string& spec_json,
                                               const std::vector<std::string>& argv);

}  // namespace ros::containerd
