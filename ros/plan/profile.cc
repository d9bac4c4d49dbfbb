#include "plan/profile.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace ros::plan {
namespace {

// As images/console/etc/profile and sshd_config have it.
constexpr std::string_view kSearchPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin:/opt/rancher/bin";

constexpr auto kProxies =
    std::to_array<std::string_view>({"http_proxy", "https_proxy", "no_proxy"});

// One word of sh, whatever is in it.
std::string shell_word(std::string_view text) {
  std::string result = "'";
  for (const char c : text) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::string ssh_search_path(const std::vector<std::string>& environment) {
  std::string path(kSearchPath);
  for (const auto& entry : environment)
    if (lower(entry.substr(0, 5)) == "path=") path += ":" + entry.substr(5);
  const bool plain = path.find_first_of(" \t\"'\\\n#") == std::string::npos;
  return path == kSearchPath || !plain ? "" : "SetEnv PATH=" + path;
}

std::string profile_script(const std::vector<std::string>& environment) {
  std::string script;
  for (const auto& entry : environment) {
    const auto name = entry.substr(0, entry.find('='));
    const auto value = shell_word(entry.substr(std::min(entry.size(), name.size() + 1)));
    if (lower(name) == "path") script += "export PATH=$PATH:" + value + "\n";
    if (std::ranges::find(kProxies, lower(name)) != kProxies.end())
      script += "export " + name + "=" + value + "\n";
  }
  return script;
}

}  // namespace ros::plan
