// What login shells of the console take from rancher.environment.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ros::plan {

inline constexpr std::string_view kProfilePath = "/etc/profile.d/environment.sh";

// A script for sh, from "NAME=value": the proxies (http_proxy, https_proxy, no_proxy, in small or
// capital letters), and what PATH or path adds to the shells' own. "" when there is none of these.
[[nodiscard]] std::string profile_script(const std::vector<std::string>& environment);

// The line of sshd_config(5) that gives `ssh HOST COMMAND` the same search path; "" when nothing is
// added to sshd's own, or when what is added has characters that the line can't hold.
[[nodiscard]] std::string ssh_search_path(const std::vector<std::string>& environment);

}  // namespace ros::plan
