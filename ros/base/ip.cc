#include "base/ip.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace ros {
namespace {

struct Bytes {
  std::array<unsigned char, 16> data{};
  int bits = 0;  // 32 or 128; 0 = no address
};

Bytes parse(std::string_view text) {
  Bytes bytes;
  const std::string copy(text);
  const bool four = !text.contains(':');
  if (!text.contains('\0') && inet_pton(four ? AF_INET : AF_INET6, copy.c_str(), &bytes.data) == 1)
    bytes.bits = four ? 32 : 128;
  return bytes;
}

std::string print(const Bytes& bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(bytes.bits == 32 ? AF_INET : AF_INET6, &bytes.data, text.data(), text.size());
  return text.data();
}

bool equal_bits(const Bytes& a, const Bytes& b, int count) {
  for (int bit = 0; bit < count; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    const auto mask = 0x80U >> static_cast<unsigned>(bit % 8);
    if ((a.data[byte] & mask) != (b.data[byte] & mask)) return false;
  }
  return true;
}

}  // namespace

Result<std::string> ip_address(std::string_view text) {
  const auto bytes = parse(text);
  if (bytes.bits == 0)
    return fail("expected an address such as '192.168.1.1', got '" + std::string(text) + "'");
  return print(bytes);
}

Result<std::string> ip_with_prefix(std::string_view text) {
  const auto slash = text.find('/');
  const auto bytes = parse(text.substr(0, slash));
  const auto length =
      slash == std::string_view::npos ? fail("") : parse_int(text.substr(slash + 1));
  if (bytes.bits == 0 || !length || *length < 0 || *length > bytes.bits)
    return fail("expected an address with its prefix length such as '192.168.1.10/24', got '" +
                std::string(text) + "'");
  return print(bytes) + "/" + std::to_string(*length);
}

IpVersion ip_version(std::string_view address) {
  return address.contains(':') ? IpVersion::k6 : IpVersion::k4;
}

bool same_network(std::string_view prefix, std::string_view address) {
  const auto slash = prefix.find('/');
  const auto network = parse(prefix.substr(0, slash));
  const auto other = parse(address);
  if (slash == std::string_view::npos || network.bits != other.bits) return false;
  const auto length = parse_int(prefix.substr(slash + 1));
  return length && *length <= network.bits && equal_bits(network, other, static_cast<int>(*length));
}

bool is_hostname(std::string_view name) {
  constexpr std::size_t kLongest = 64;
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  };
  return !name.empty() && name.size() <= kLongest && is_word(name.front()) &&
         is_word(name.back()) &&
         std::ranges::all_of(name, [&](char c) { return is_word(c) || c == '-' || c == '.'; });
}

bool is_link_local(std::string_view address) {
  const auto plain = address.substr(0, address.find('/'));
  return same_network("fe80::/10", plain) || same_network("169.254.0.0/16", plain);
}

}  // namespace ros
