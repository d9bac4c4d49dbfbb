#include "containerd/grpc_wire.h"

#include <gtest/gtest.h>

namespace ros::containerd {
namespace {

using namespace std::string_literals;

TEST(GrpcWire, FramesAMessage) {
  EXPECT_EQ(frame_message(""), "\0\0\0\0\0"s);
  EXPECT_EQ(frame_message("abc"), "\0\0\0\0\3abc"s);
  EXPECT_EQ(frame_message(std::string(0x10203, 'x')).substr(0, 5), "\0\0\1\2\3"s);
}

TEST(GrpcWire, ReadsFramesByteByByte) {
  const std::string bytes = frame_message("first") + frame_message("") + frame_message("third");
  FrameReader reader;
  std::vector<std::string> messages;
  for (const char byte : bytes) ASSERT_TRUE(reader.feed({&byte, 1}, messages));
  EXPECT_EQ(messages, (std::vector<std::string>{"first", "", "third"}));
  EXPECT_TRUE(reader.at_boundary());
}

TEST(GrpcWire, KnowsWhenAMessageIsCut) {
  FrameReader reader;
  std::vector<std::string> messages;
  ASSERT_TRUE(reader.feed("\0\0"s, messages));
  EXPECT_FALSE(reader.at_boundary());
  ASSERT_TRUE(reader.feed("\0\0\2x"s, messages));
  EXPECT_FALSE(reader.at_boundary());
  ASSERT_TRUE(reader.feed("y", messages));
  EXPECT_TRUE(reader.at_boundary());
}

TEST(GrpcWire, RefusesLargeAndCompressedMessages) {
  std::vector<std::string> messages;
  const auto large = FrameReader().feed("\0\1\0\0\1"s, messages);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, EPROTO);
  EXPECT_EQ(large.error().message, "message of 16777217 bytes is too large");
  const auto compressed = FrameReader().feed("\1\0\0\0\1x"s, messages);
  ASSERT_FALSE(compressed);
  EXPECT_EQ(compressed.error().message, "compressed message");
  EXPECT_TRUE(messages.empty());
}

TEST(GrpcWire, WritesTimeouts) {
  EXPECT_EQ(timeout_header(sys::Millis(1)), "1m");
  EXPECT_EQ(timeout_header(sys::Millis(0)), "1m");
  EXPECT_EQ(timeout_header(sys::Millis(99'999'999)), "99999999m");
  EXPECT_EQ(timeout_header(sys::Millis(100'000'000)), "100000S");
  EXPECT_EQ(timeout_header(sys::Millis(INT64_MAX)), "99999999S");
}

TEST(GrpcWire, DecodesStatusMessages) {
  EXPECT_EQ(decode_status_message("no%20such %22x%22: %e2%9c%93"), "no such \"x\": \xe2\x9c\x93");
  EXPECT_EQ(decode_status_message("100% %zz %4"), "100% %zz %4");
  EXPECT_EQ(decode_status_message("a%0Ab%00c"), "a b c");
  EXPECT_EQ(decode_status_message(std::string(5000, 'x')).size(), 2048U);
}

ResponseHead head(std::string status, std::string message) {
  ResponseHead result;
  result.add(":status", "200");
  result.add("content-type", "application/grpc+proto");
  result.add("grpc-status", status);
  result.add("grpc-message", message);
  return result;
}

TEST(GrpcWire, MapsStatusToErrno) {
  EXPECT_TRUE(head("0", "").status());
  EXPECT_EQ(head("5", "").status().error(), (Error{ENOENT, "not found"}));
  EXPECT_EQ(head("6", "container%20%22a%22").status().error(), (Error{EEXIST, "container \"a\""}));
  EXPECT_EQ(head("4", "").status().error().code, ETIMEDOUT);
  EXPECT_EQ(head("9", "").status().error().code, EBUSY);
  EXPECT_EQ(head("14", "").status().error().code, ECONNREFUSED);
  EXPECT_EQ(head("77", "").status().error(), (Error{EIO, "gRPC status 77"}));
  EXPECT_EQ(head("-3", "").status().error().code, EIO);
}

TEST(GrpcWire, WhatIsNoGrpcIsAProtocolError) {
  EXPECT_EQ(head("", "").status().error(), (Error{EPROTO, "gRPC status ''"}));
  EXPECT_EQ(head("five", "").status().error().code, EPROTO);
  EXPECT_EQ(ResponseHead().status().error(), (Error{EPROTO, "HTTP status ''"}));
  ResponseHead page = head("0", "");
  page.add("content-type", "text/html");
  EXPECT_EQ(page.status().error(), (Error{EPROTO, "content type 'text/html' is not gRPC"}));
}

TEST(GrpcWire, NamesCallsForPeople) {
  EXPECT_EQ(call_name("/containerd.services.containers.v1.Containers/Create"), "containers.Create");
  EXPECT_EQ(call_name("/other.Service/Method"), "/other.Service/Method");
  EXPECT_EQ(call_name("/containerd.services/x"), "/containerd.services/x");
  EXPECT_EQ(call_name(""), "");
}

}  // namespace
}  // namespace ros::containerd
