#include "sys/mount.h"

#include <gtest/gtest.h>
#include <sys/mount.h>

namespace ros::sys {
namespace {

TEST(MountTest, OptionsAreSorted) {
  const auto parsed =
      parse_mount_options({"defaults", "ro", "nosuid", "size=10%", "mode=0755", "rshared"});
  EXPECT_EQ(parsed.flags, static_cast<unsigned long>(MS_RDONLY | MS_NOSUID));
  EXPECT_EQ(parsed.data, "size=10%,mode=0755");
  EXPECT_EQ(parsed.propagation, std::vector<unsigned long>{MS_SHARED | MS_REC});
}

TEST(MountTest, ALaterOptionTakesAnEarlierOneBack) {
  EXPECT_EQ(parse_mount_options({"ro", "noatime", "rw"}).flags,
            static_cast<unsigned long>(MS_NOATIME));
}

TEST(MountTest, OptionsOfMountProgramsAreDropped) {
  EXPECT_EQ(parse_mount_options({"nofail", "x-systemd.automount", "_netdev", "noauto", ""}).data,
            "");
}

TEST(MountTest, Describe) {
  EXPECT_EQ((Mount{"/dev/vda2", "/state", "ext4", {"noatime"}}.describe()),
            "mount '/dev/vda2' on '/state' (ext4)");
  EXPECT_EQ((Mount{"", "/", "", {"rshared"}}.describe()), "mount on '/' (rshared)");
}

constexpr auto kMountinfo =
    "22 1 254:0 / / ro,relatime shared:1 - erofs /dev/vda ro\n"
    "23 22 0:5 / /dev rw shared:2 - devtmpfs devtmpfs rw\n"
    "30 22 254:1 / /state rw,noatime - ext4 /dev/vdb rw\n"
    "31 30 0:30 / /state/with\\040blank rw shared:4 master:2 - tmpfs tmpfs rw\n"
    "32 22 0:31 / /statement rw - tmpfs tmpfs rw\n"
    "broken line\n";

TEST(MountTest, MountsBelowAPrefixLastFirst) {
  EXPECT_EQ(mounts_below(kMountinfo, "/state"),
            (std::vector<MountPoint>{{"/state/with blank", "tmpfs", "tmpfs"},
                                     {"/state", "ext4", "/dev/vdb"}}));
  EXPECT_EQ(mounts_below(kMountinfo, "/").size(), 5U);
}

TEST(MountTest, ErrorsSayWhatWasMounted) {
  KernelMounter mounter;
  const auto result = mounter.mount({"/none", "/no/such/place", "ext4", {}});
  ASSERT_FALSE(result);
  EXPECT_TRUE(result.error().message.starts_with("mount '/none' on '/no/such/place' (ext4): "));
}

}  // namespace
}  // namespace ros::sys
