#include "manager/lost_shim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/temp_root.h"

namespace ros::manager {
namespace {

using namespace std::string_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LostShimTest : public ::testing::Test {
 protected:
  // `processes`: numbers of the cgroup, as cgroup.procs has them.
  void running(const std::string& processes) {
    root_.write("/sys/fs/cgroup/init/cgroup.procs", processes);
  }
  void process(int pid, const std::string& arguments) {
    root_.write("/proc/" + std::to_string(pid) + "/cmdline", arguments);
  }

  fakes::TempRoot root_;
};

TEST_F(LostShimTest, TheShimOfAContainerAndWhatIsAboutToStartIt) {
  running("7\n8\n9\n");
  process(7, "/usr/bin/containerd-shim-runc-v2\0-namespace\0system\0-id\0ntp-2\0-address\0/x\0"s);
  process(8, "/usr/bin/containerd-shim-runc-v2\0-namespace\0system\0-id\0ntp-2\0start\0"s);
  process(9, "/usr/bin/containerd-shim-runc-v2\0-namespace\0system\0-id\0ntp-21\0"s);
  EXPECT_THAT(shims_of(root_.files(), "ntp-2"), ElementsAre(7, 8));
}

TEST_F(LostShimTest, NoOtherProcess) {
  process(7, "/usr/bin/containerd-shim-runc-v2\0-namespace\0moby\0-id\0ntp-2\0"s);
  process(8, "/usr/bin/ctr\0-namespace\0system\0-id\0ntp-2\0"s);
  process(9, "/usr/bin/containerd-shim-runc-v2\0-namespace\0system\0-id"s);
  process(10, "");  // and 11 has ended meanwhile
  running("7\n8\n9\n10\n11\n");
  EXPECT_THAT(shims_of(root_.files(), "ntp-2"), IsEmpty());
}

TEST_F(LostShimTest, NoCgroupNoShims) {
  EXPECT_THAT(shims_of(root_.files(), "ntp-2"), IsEmpty());
}

}  // namespace
}  // namespace ros::manager
