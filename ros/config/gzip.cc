#include "config/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <memory>

namespace ros::config {
namespace {

constexpr int kGzipOnly = 16 + MAX_WBITS;  // zlib.h, inflateInit2

}  // namespace

bool is_gzip(std::string_view data) {
  return data.starts_with("\x1f\x8b");
}

Result<std::string> gunzip(std::string_view data, std::size_t most) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) return fail_errno("gzip", ENOMEM);
  const std::unique_ptr<z_stream, int (*)(z_stream*)> end(&stream, inflateEnd);
  // zlib does not write there; its older interface lacks the const.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
  stream.avail_in = static_cast<uInt>(data.size());
  std::string text;
  std::array<char, std::size_t{16} << 10U> part{};
  for (int status = Z_OK; status != Z_STREAM_END;) {
    stream.next_out = reinterpret_cast<Bytef*>(part.data());
    stream.avail_out = static_cast<uInt>(part.size());
    status = inflate(&stream, Z_NO_FLUSH);
    if (status != Z_OK && status != Z_STREAM_END) return fail("damaged gzip data");
    text.append(part.data(), part.size() - stream.avail_out);
    if (text.size() > most) return fail(fmt::format("unpacks to more than {} bytes", most));
  }
  if (stream.avail_in != 0) return fail("something follows the gzip data");
  return text;
}

}  // namespace ros::config
