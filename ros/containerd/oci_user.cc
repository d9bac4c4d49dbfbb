#include <algorithm>
#include <limits>

#include "base/text.h"
#include "containerd/oci_parts.h"

namespace ros::containerd {
namespace {

using Json = nlohmann::json;
using Fields = std::vector<std::string>;

// A user or group number; nothing for other texts.
Result<std::uint32_t> number(const std::string& text) {
  const Result<std::int64_t> value = parse_int(text);
  if (!value || *value < 0 || *value >= std::numeric_limits<std::uint32_t>::max())
    return fail("'" + text + "' is no id");
  return static_cast<std::uint32_t>(*value);
}

// The first line of a passwd(5) or group(5) text with `key` in its column, else an empty list.
Fields find_line(const std::string& text, std::size_t column, const std::string& key) {
  for (const auto& line : split(text, '\n')) {
    Fields fields = split(line, ':');
    if (fields.size() >= 4 && fields[column] == key) return fields;
  }
  return {};
}

Result<std::uint32_t> group_id(const std::string& name, const std::string& groups) {
  if (const auto gid = number(name)) return *gid;
  const Fields fields = find_line(groups, 0, name);
  if (fields.empty()) return fail("unknown group '" + name + "'");
  return number(fields[2]);
}

// Groups that list the user as a member.
Json member_of(const std::string& user, const std::string& groups) {
  Json gids = Json::array();
  for (const auto& line : split(groups, '\n')) {
    const Fields fields = split(line, ':');
    if (fields.size() < 4) continue;
    const auto members = split(fields[3], ',');
    const auto gid = number(fields[2]);
    if (gid && std::ranges::find(members, user) != members.end()) gids.push_back(*gid);
  }
  return gids;
}

}  // namespace

Result<Json> oci_user(const std::string& user, const std::string& passwd,
                      const std::string& group) {
  if (user.empty()) return Json{{"uid", 0}, {"gid", 0}};
  const auto colon = user.find(':');
  const std::string name = user.substr(0, colon);

  const auto uid = number(name);
  const Fields entry = find_line(passwd, uid ? 2 : 0, name);
  if (!uid && entry.empty()) return fail("unknown user '" + name + "'");
  const auto entry_uid = entry.empty() ? uid : number(entry[2]);
  if (!entry_uid) return context("user '" + name + "'", entry_uid.error());
  Json result = {{"uid", *entry_uid}, {"gid", 0}};

  if (colon != std::string::npos) {
    const auto gid = group_id(user.substr(colon + 1), group);
    if (!gid) return std::unexpected(gid.error());
    result["gid"] = *gid;
  } else if (!entry.empty()) {
    const auto gid = number(entry[3]);
    if (!gid) return context("user '" + name + "'", gid.error());
    result["gid"] = *gid;
    const Json gids = member_of(entry[0], group);
    if (!gids.empty()) result["additionalGids"] = gids;
  }
  return result;
}

}  // namespace ros::containerd
