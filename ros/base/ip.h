// Internet addresses and host names as texts: checked, and addresses in the one form that the
// kernel prints too.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace ros {

enum class IpVersion { k4, k6 };

// "10.0.2.15", "fe80::1"; errors name the text.
[[nodiscard]] Result<std::string> ip_address(std::string_view text);

// "10.0.2.15/24", "2001:db8::5/64": an address of a machine with the length of its network.
[[nodiscard]] Result<std::string> ip_with_prefix(std::string_view text);

// Of a text that one of the functions above gave.
[[nodiscard]] IpVersion ip_version(std::string_view address);

// Whether `address` lies in the network of `prefix`, "10.0.2.15/24"; both in the form above.
[[nodiscard]] bool same_network(std::string_view prefix, std::string_view address);

// fe80::/10 or 169.254.0.0/16, with or without a prefix length.
[[nodiscard]] bool is_link_local(std::string_view address);

// Letters, digits, '-' and '.' (RFC 1123), at most the 64 bytes that the kernel keeps.
[[nodiscard]] bool is_hostname(std::string_view name);

}  // namespace ros
