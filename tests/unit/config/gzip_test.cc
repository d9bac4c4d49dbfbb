#include "config/gzip.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include "config/scalar.h"
#include "config_helpers.h"

namespace ros::config {
namespace {

using tests::lines;
using tests::Lines;
using tests::load_text;

// "remote vpn.example 1194\n"
constexpr std::string_view kCoded = "H4sIAAAAAAAAAytKzc0vSVUoK8jTS61IzC3ISVUwNLQ04QIApIMIaxgAAAA=";
// "#cloud-config\nhostname: heron\n"
constexpr std::string_view kUserData =
    "H4sIAAAAAAAAA1NOzskvTdFNzs9Ly0znysgvLslLzE21UshILcrP4wIAutL1th4AAAA=";

std::string compressed(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(compressBound(text.size()) + 64, '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(Gzip, UnpacksUpToALimit) {
  const auto packed = compressed(std::string(100'000, 'x'));
  EXPECT_EQ(gunzip(packed, 100'000).value().size(), 100'000U);
  EXPECT_EQ(gunzip(packed, 99'999).error().message, "unpacks to more than 99999 bytes");
}

TEST(Gzip, RefusesWhatIsDamaged) {
  const auto packed = compressed("some text");
  EXPECT_FALSE(gunzip(packed.substr(0, packed.size() - 1), 100));
  EXPECT_FALSE(gunzip(packed + "x", 100));
  EXPECT_FALSE(gunzip("", 100));
  for (std::size_t i = 0; i < packed.size(); ++i) {
    auto bad = packed;
    bad[i] = static_cast<char>(bad[i] ^ 0x55);
    const auto text = gunzip(bad, 100);
    if (text) {
      EXPECT_EQ(*text, "some text") << i;  // only the header's time and system
    }
  }
}

TEST(Gzip, EverySpellingOfAnEncoding) {
  std::string text = "write_files:\n";
  for (const auto* const encoding : {"gz+b64", "gzip+base64", "gz+base64", "gzip+b64"})
    text += "- {path: /z, encoding: " + std::string(encoding) +
            ", content: " + std::string(kCoded) + "}\n";
  const auto loaded = load_text(text);
  EXPECT_EQ(lines(loaded.complaints), Lines{});
  ASSERT_EQ(loaded.config.write_files.size(), 4U);
  for (const auto& file : loaded.config.write_files)
    EXPECT_EQ(file.content, "remote vpn.example 1194\n");
}

TEST(Gzip, UserDataAsAWhole) {
  const auto loaded = load_text(decode_base64(kUserData).value());
  EXPECT_EQ(lines(loaded.complaints), Lines{});
  EXPECT_EQ(loaded.config.hostname, "heron");
}

TEST(Gzip, UserDataThatUnpacksToTooMuchIsLeftOut) {
  const auto loaded = load_text(compressed(std::string(std::size_t{8} << 20U, '\0')));
  EXPECT_EQ(lines(loaded.complaints),
            Lines{"user: unpacks to more than 1048576 bytes; the file is left out"});
}

}  // namespace
}  // namespace ros::config
