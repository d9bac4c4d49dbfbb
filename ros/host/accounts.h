// passwd, group and shadow as texts (passwd(5), group(5), shadow(5)). Pure, but for the salt.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace ros::host {

// The number of a name in a passwd or group text; a decimal number stands for itself.
[[nodiscard]] std::optional<unsigned> account_id(std::string_view text, std::string_view name);

struct Owner {
  unsigned uid = 0;
  unsigned gid = 0;
  friend bool operator==(const Owner&, const Owner&) = default;
};

// "USER[:GROUP]"; without a group the user's own. "" = root.
[[nodiscard]] Result<Owner> parse_owner(std::string_view owner, std::string_view passwd,
                                        std::string_view group);

// `shadow` with the password field of `user` replaced; unchanged when there is no such user.
[[nodiscard]] std::string set_password_hash(std::string_view shadow, std::string_view user,
                                            std::string_view hash);

// crypt(5) with SHA-512 and a fresh salt.
[[nodiscard]] Result<std::string> hash_password(const std::string& password);

}  // namespace ros::host
