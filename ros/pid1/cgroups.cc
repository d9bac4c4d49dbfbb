#include "pid1/cgroups.h"

#include "base/log.h"
#include "base/text.h"

namespace ros::pid1 {
namespace {

constexpr auto kRoot = "/sys/fs/cgroup";

void complain(const Result<void>& result) {
  if (!result) log(LogLevel::kError, result.error().message);
}

// "cpu memory" -> "+cpu +memory"
std::string enable_all(const std::string& controllers) {
  std::string text;
  for (const auto& controller : split_words(controllers)) text += "+" + controller + " ";
  return text;
}

}  // namespace

void make_cgroups(const sys::Files& files) {
  const std::string root = kRoot;
  const auto controllers = files.read(root + "/cgroup.controllers");
  if (!controllers) {
    log(LogLevel::kError, controllers.error().message);
    return;
  }
  const std::string all = enable_all(*controllers);
  complain(files.write_value(root + "/cgroup.subtree_control", all));
  for (const auto* const name : {"/init", "/system", "/user"})
    complain(files.make_directories(root + name));
  // Not in /init: processes live there, and a group has either processes or controlled children.
  for (const auto* const name : {"/system", "/user"})
    complain(files.write_value(root + name + "/cgroup.subtree_control", all));
}

}  // namespace ros::pid1
