#include "containerd/http2.h"

#include <gtest/gtest.h>

#include <random>

namespace ros::containerd {
namespace {

struct RecordingSink final : StreamSink {
  std::string headers;
  std::string data;
  int ends = 0;
  std::uint32_t error_code = 0;
  Error lost;
  void on_header(std::string_view name, std::string_view value) override {
    headers.append(name).append("=").append(value).append(";");
  }
  void on_data(std::string_view bytes) override { data += bytes; }
  void on_close(std::uint32_t code) override {
    ++ends;
    error_code = code;
  }
  void on_lost(const Error& reason) override {
    ++ends;
    lost = reason;
  }
};

std::string drain(Http2& http2) {
  std::string bytes;
  for (;;) {
    const auto part = http2.output();
    EXPECT_TRUE(part);
    if (!part || part->empty()) return bytes;
    bytes += *part;
  }
}

// Frames as a server would write them, RFC 9113 section 4.1.
std::string frame(int type, int flags, unsigned stream, const std::string& payload) {
  std::string bytes;
  for (const unsigned shift : {16U, 8U, 0U})
    bytes += static_cast<char>(payload.size() >> shift & 0xffU);
  bytes += static_cast<char>(type);
  bytes += static_cast<char>(flags);
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    bytes += static_cast<char>(stream >> shift & 0xffU);
  return bytes + payload;
}
constexpr int kData = 0, kHeaders = 1, kReset = 3, kSettings = 4, kGoAway = 7;
constexpr int kEndStream = 1, kEndHeaders = 4;

// HPACK: ":status: 200" from the static table; a literal field without indexing.
const std::string kStatus200 = "\x88";
std::string literal(const std::string& name, const std::string& value) {
  return std::string(1, '\0') + static_cast<char>(name.size()) + name +
         static_cast<char>(value.size()) + value;
}

class Http2Test : public ::testing::Test {
 protected:
  Http2Test() {
    stream_ = http2_->request({{":method", "POST"}, {":path", "/x"}}, "body", sink_).value();
    sent_ = drain(*http2_);
  }
  std::unique_ptr<Http2> http2_ = Http2::create().value();
  RecordingSink sink_;
  Http2::StreamId stream_ = 0;
  std::string sent_;
};

TEST_F(Http2Test, SendsPrefaceAndRequest) {
  EXPECT_TRUE(sent_.starts_with("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"));
  EXPECT_TRUE(sent_.ends_with(frame(kData, kEndStream, 1, "body")));
}

TEST_F(Http2Test, HandsOnHeadersDataAndTrailers) {
  ASSERT_TRUE(http2_->receive(frame(kSettings, 0, 0, "") +
                              frame(kHeaders, kEndHeaders, 1, kStatus200) +
                              frame(kData, 0, 1, "abc")));
  EXPECT_EQ(sink_.ends, 0);
  ASSERT_TRUE(
      http2_->receive(frame(kHeaders, kEndHeaders | kEndStream, 1, literal("grpc-status", "0"))));
  EXPECT_EQ(sink_.headers, ":status=200;grpc-status=0;");
  EXPECT_EQ(sink_.data, "abc");
  EXPECT_EQ(sink_.ends, 1);
  EXPECT_EQ(sink_.error_code, 0U);
}

TEST_F(Http2Test, ACancelledStreamIsSilent) {
  http2_->cancel(stream_);
  EXPECT_EQ(drain(*http2_), frame(kReset, 0, 1, std::string("\0\0\0\x8", 4)));
  ASSERT_TRUE(http2_->receive(frame(kSettings, 0, 0, "") +
                              frame(kHeaders, kEndHeaders | kEndStream, 1, kStatus200)));
  EXPECT_EQ(sink_.ends, 0);
  EXPECT_EQ(sink_.headers, "");
  http2_->cancel(stream_);
  http2_->cancel(99);
}

TEST_F(Http2Test, AResetEndsTheStream) {
  ASSERT_TRUE(http2_->receive(frame(kSettings, 0, 0, "") +
                              frame(kReset, 0, 1, std::string("\0\0\0\x7", 4))));
  EXPECT_EQ(sink_.ends, 1);
  EXPECT_EQ(sink_.error_code, 7U);
}

TEST_F(Http2Test, ALostConnectionEndsAllStreamsOnce) {
  RecordingSink other;
  ASSERT_TRUE(http2_->request({{":method", "POST"}, {":path", "/y"}}, "", other));
  http2_->lose(Error{ECANCELED, "gone"});
  http2_->lose(Error{ECANCELED, "again"});
  EXPECT_EQ(sink_.ends, 1);
  EXPECT_EQ(sink_.lost.message, "gone");
  EXPECT_EQ(other.ends, 1);
}

TEST_F(Http2Test, HeadersAreLimited) {
  std::string fields = kStatus200;
  for (int i = 0; i < 120; ++i) fields += literal("x-filler", std::string(120, 'x'));
  std::string bytes = frame(kSettings, 0, 0, "") + frame(kHeaders, kEndHeaders, 1, fields);
  // 64 KiB takes several blocks: informational responses may repeat.
  EXPECT_TRUE(http2_->receive(bytes));
  for (int i = 0; i < 8 && sink_.ends == 0; ++i) {
    if (!http2_->receive(
            frame(kHeaders, kEndHeaders | kEndStream, 1, fields.substr(kStatus200.size()))))
      break;
  }
  EXPECT_LE(sink_.headers.size(), kHeaderLimit + 4096);
}

TEST_F(Http2Test, AfterGoAwayNoRequestsAreTaken) {
  EXPECT_TRUE(http2_->takes_requests());
  ASSERT_TRUE(http2_->receive(frame(kSettings, 0, 0, "") +
                              frame(kGoAway, 0, 0, std::string("\0\0\0\1\0\0\0\0", 8))));
  EXPECT_FALSE(http2_->takes_requests());
  EXPECT_EQ(sink_.ends, 0);  // stream 1 goes on
}

TEST_F(Http2Test, AnotherProtocolEndsTheConnection) {
  (void)http2_->receive("HTTP/1.1 400 Bad Request\r\n\r\nhello, this is no HTTP/2");
  (void)drain(*http2_);  // the reason, for the peer
  EXPECT_FALSE(http2_->alive());
}

// Sound conversations with some bytes changed: whatever comes of it, no sink is called twice.
TEST(Http2Garbage, IsSurvived) {
  std::mt19937 random(7);
  const std::string good =
      frame(kSettings, 0, 0, "") + frame(kHeaders, kEndHeaders, 1, kStatus200) +
      frame(kData, 0, 1, "abcdef") +
      frame(kHeaders, kEndHeaders | kEndStream, 1, literal("grpc-status", "0"));
  for (int round = 0; round < 2000; ++round) {
    auto http2 = Http2::create().value();
    RecordingSink sink;
    ASSERT_TRUE(http2->request({{":method", "POST"}, {":path", "/x"}}, "body", sink));
    (void)drain(*http2);
    std::string bytes = good;
    for (unsigned i = 0; i < 1 + random() % 4; ++i)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    if (http2->receive(bytes)) (void)http2->output();
    http2->lose(Error{ECANCELED, "end"});
    ASSERT_EQ(sink.ends, 1);
  }
}

}  // namespace
}  // namespace ros::containerd
