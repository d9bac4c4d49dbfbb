// A Mounter that mounts nothing and remembers everything.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "sys/mount.h"

namespace ros::fakes {

class FakeMounter final : public sys::Mounter {
 public:
  std::vector<sys::Mount> mounts;        // in order of the calls that succeeded
  std::vector<std::string> unmounted;    // targets
  std::map<std::string, int> fail_with;  // target -> errno of the next mounts on it

  std::map<std::string, int> fail_once;  // the same, but only the first of them

  Result<void> mount(const sys::Mount& mount) override {
    if (const auto found = fail_once.find(mount.target); found != fail_once.end())
      return fail_errno(mount.describe(), fail_once.extract(found).mapped());
    if (const auto found = fail_with.find(mount.target); found != fail_with.end())
      return fail_errno(mount.describe(), found->second);
    mounts.push_back(mount);
    return {};
  }
  Result<void> unmount(const std::string& target, bool) override {
    unmounted.push_back(target);
    return {};
  }
};

}  // namespace ros::fakes
