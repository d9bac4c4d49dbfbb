#include "sys/uevent.h"

#include <gtest/gtest.h>

namespace ros::sys {
namespace {

using namespace std::string_view_literals;

TEST(UeventTest, ParsesTheKernelsDatagram) {
  const auto event =
      parse_uevent("add@/devices/vda\0ACTION=add\0SUBSYSTEM=block\0DEVNAME=vda\0SEQNUM=7\0"sv);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->action, "add");
  EXPECT_EQ(event->devpath, "/devices/vda");
  EXPECT_EQ(event->value("SUBSYSTEM"), "block");
  EXPECT_EQ(event->value("MODALIAS"), "");
}

TEST(UeventTest, OtherDatagramsAreNotEvents) {
  EXPECT_FALSE(parse_uevent("libudev\0\xfe\xed\xca\xfe"sv));
  EXPECT_FALSE(parse_uevent(""sv));
  EXPECT_FALSE(parse_uevent("@/devices"sv));
}

TEST(UeventTest, TheSocketOpens) {
  auto socket = UeventSocket::open();
  ASSERT_TRUE(socket);
  EXPECT_TRUE(socket->next());
}

}  // namespace
}  // namespace ros::sys
