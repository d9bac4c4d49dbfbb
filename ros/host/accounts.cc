#include "host/accounts.h"

#include <crypt.h>

#include "base/text.h"
#include "sys/machine.h"

namespace ros::host {
namespace {

// Fields of the line that begins with `name`.
std::optional<std::vector<std::string>> entry(std::string_view text, std::string_view name) {
  for (const auto& line : split(text, '\n')) {
    auto fields = split(line, ':');
    if (fields.size() >= 3 && fields.front() == name) return fields;
  }
  return {};
}

std::optional<unsigned> number(std::string_view text) {
  const auto value = parse_int(text);
  if (!value || *value < 0 || *value > 0xfffffffe) return {};
  return static_cast<unsigned>(*value);
}

}  // namespace

std::optional<unsigned> account_id(std::string_view text, std::string_view name) {
  if (const auto id = number(name)) return id;
  const auto fields = entry(text, name);
  return fields ? number((*fields)[2]) : std::nullopt;
}

Result<Owner> parse_owner(std::string_view owner, std::string_view passwd, std::string_view group) {
  if (owner.empty()) return Owner{};
  const auto colon = owner.find(':');
  const auto user = owner.substr(0, colon);
  const auto uid = account_id(passwd, user);
  if (!uid) return fail("no user '" + std::string(user) + "'");
  if (colon != std::string_view::npos && colon + 1 < owner.size()) {
    const auto gid = account_id(group, owner.substr(colon + 1));
    if (!gid) return fail("no group '" + std::string(owner.substr(colon + 1)) + "'");
    return Owner{*uid, *gid};
  }
  const auto fields = entry(passwd, user);
  const auto own = fields && fields->size() > 3 ? number((*fields)[3]) : std::nullopt;
  return Owner{*uid, own.value_or(*uid)};
}

std::string set_password_hash(std::string_view shadow, std::string_view user,
                              std::string_view hash) {
  auto lines = split(shadow, '\n');
  for (auto& line : lines) {
    auto fields = split(line, ':');
    if (fields.size() < 2 || fields.front() != user) continue;
    fields[1] = hash;
    line = join(fields, ":");
  }
  return join(lines, "\n");
}

Result<std::string> hash_password(const std::string& password) {
  constexpr std::string_view kAlphabet =
      "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  auto salt = sys::random_bytes(16);
  if (!salt) return salt;
  for (char& c : *salt) c = kAlphabet[static_cast<unsigned char>(c) % kAlphabet.size()];
  crypt_data data{};
  const char* const hash = crypt_r(password.c_str(), ("$6$" + *salt).c_str(), &data);
  if (hash == nullptr || hash[0] != '$') return fail_errno("hash the password", EINVAL);
  return std::string(hash);
}

}  // namespace ros::host
