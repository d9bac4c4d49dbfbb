// What the user wants done when the console starts, in RancherOS' order and each time that it
// starts: the commands of runcmd, up to the first that fails; /opt/rancher/bin/start.sh; then
// /run/console-done appears; /etc/rc.local. Logins don't wait for any of it.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "cli/console/children.h"
#include "sys/files.h"

namespace ros::cli {

// The lines of `text`, each a JSON list of words. Errors name the line.
[[nodiscard]] Result<std::vector<std::vector<std::string>>> parse_commands(const std::string& text);

class UserCommands {
 public:
  // Both must outlive the object.
  UserCommands(const sys::Files& files, Children& children) : files_(files), children_(children) {}

  void begin();

 private:
  struct Step {
    enum class Kind { kRuncmd, kScript, kDoneMark } kind;
    std::vector<std::string> argv;
  };
  void next();
  void run(const Step& step);
  void ended(const Step& step, const std::string& problem);

  const sys::Files& files_;
  Children& children_;
  std::deque<Step> left_;
};

}  // namespace ros::cli
