#include "sys/socket.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "fakes/temp_root.h"

namespace ros::sys {
namespace {

class SocketTest : public ::testing::TestWithParam<SocketKind> {
 protected:
  fakes::TempRoot root_;
  std::string path_ = root_.path() + "/s";
};

TEST_P(SocketTest, BytesAndCredentialsArrive) {
  const auto listener = listen_unix(path_, GetParam(), 0600);
  ASSERT_TRUE(listener);
  EXPECT_EQ(root_.mode("/s"), 0600U);
  EXPECT_EQ(accept_unix(listener->get()).error().code, EAGAIN);
  const auto client = connect_unix(path_, GetParam());
  ASSERT_TRUE(client);
  const auto server = accept_unix(listener->get());
  ASSERT_TRUE(server);
  EXPECT_EQ(peer_of(server->get()).value().pid, getpid());
  ASSERT_EQ(send(client->get(), "ab", 2, 0), 2);
  char bytes[8];
  EXPECT_EQ(recv(server->get(), bytes, sizeof bytes, 0), 2);
  EXPECT_EQ(recv(server->get(), bytes, sizeof bytes, 0), -1);
  EXPECT_EQ(errno, EAGAIN);
}

TEST_P(SocketTest, AnOldSocketFileIsReplaced) {
  {
    ASSERT_TRUE(listen_unix(path_, GetParam(), 0600));
  }
  EXPECT_EQ(connect_unix(path_, GetParam()).error().code, ECONNREFUSED);
  EXPECT_TRUE(listen_unix(path_, GetParam(), 0600));
}

INSTANTIATE_TEST_SUITE_P(Kinds, SocketTest,
                         ::testing::Values(SocketKind::kStream, SocketKind::kSeqPacket));

TEST(SocketErrors, NameThePath) {
  EXPECT_EQ(connect_unix("/none", SocketKind::kStream).error().message,
            "connect to '/none': No such file or directory");
  EXPECT_EQ(connect_unix(std::string(200, 'x'), SocketKind::kStream).error().code, ENAMETOOLONG);
}

}  // namespace
}  // namespace ros::sys
