#include "host/user_files.h"

#include <algorithm>

#include "base/text.h"
#include "host/accounts.h"
#include "host/problems.h"

namespace ros::host {
namespace {

// Makes the directories above a file; they belong to whom the directory belongs in which they are
// made.
Result<void> make_parents(const std::string& target, const sys::Files& files) {
  std::vector<std::string> missing;
  std::string present = sys::parent_of(target);
  for (; !files.exists(present) && present != "/"; present = sys::parent_of(present))
    missing.push_back(present);
  if (auto made = files.make_directories(sys::parent_of(target)); !made) return made;
  const auto owner = files.owner(present);
  if (!owner) return std::unexpected(owner.error());
  for (const auto& directory : missing)
    if (auto owned = files.chown(directory, owner->uid, owner->gid); !owned) return owned;
  return {};
}

Result<void> write_one(const config::WriteFile& file, const std::string& root,
                       const std::string& accounts, const sys::Files& files) {
  const std::string what = "write_files '" + file.path + "'";
  const auto parts = split(file.path, '/');
  if (!file.path.starts_with('/') || file.path.ends_with('/') ||
      std::ranges::find(parts, "..") != parts.end())
    return fail(what + ": expected an absolute path of a file, without '..'");
  const auto owner = parse_owner(file.owner, files.read(accounts + "/passwd").value_or(""),
                                 files.read(accounts + "/group").value_or(""));
  if (!owner) return context(what, owner.error());
  const std::string target = root + file.path;
  if (auto made = make_parents(target, files); !made) return made;
  if (auto written = files.write_atomic(target, file.content, file.permissions); !written)
    return written;
  if (*owner == Owner{}) return {};
  if (auto owned = files.chown(target, owner->uid, owner->gid); !owned) return owned;
  return files.chmod(target, file.permissions);  // chown(2) takes the set-user-ID bit away
}

}  // namespace

Result<void> write_files(const plan::WriteFiles& action, const std::string& accounts,
                         const sys::Files& files) {
  Problems problems;
  for (const auto& file : action.files) problems.add(write_one(file, action.root, accounts, files));
  return problems.result();
}

Result<void> write_lines(const plan::WriteLines& action, const sys::Files& files) {
  if (auto made = files.make_directories(sys::parent_of(action.path)); !made) return made;
  const std::string end = action.lines.empty() ? "" : "\n";
  return files.write_atomic(action.path, join(action.lines, "\n") + end);
}

}  // namespace ros::host
