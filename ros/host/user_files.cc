#include "host/user_files.h"

#include <algorithm>

#include "base/text.h"
#include "host/accounts.h"
#include "host/problems.h"

namespace ros::host {
namespace {

std::string parent(const std::string& path) {
  return path.substr(0, path.find_last_of('/'));
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
  if (auto made = files.make_directories(parent(target)); !made) return made;
  if (auto written = files.write_atomic(target, file.content, file.permissions); !written)
    return written;
  if (*owner == Owner{}) return {};
  if (auto owned = files.chown(target, owner->uid, owner->gid); !owned) return owned;
  return {};
}

}  // namespace

Result<void> write_keys(const plan::WriteKeys& action, const sys::Files& files) {
  const std::string directory = parent(action.path);
  if (auto made = files.make_directories(directory, 0700); !made) return made;
  std::string text = files.read(action.path).value_or("");
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  const auto present = split(text, '\n');
  for (const auto& key : action.keys)
    if (std::ranges::find(present, key) == present.end()) text += key + "\n";
  if (auto written = files.write_atomic(action.path, text, 0600); !written) return written;
  Problems problems;
  problems.add(files.chown(directory, action.uid, action.gid));
  problems.add(files.chown(action.path, action.uid, action.gid));
  return problems.result();
}

Result<void> write_files(const plan::WriteFiles& action, const std::string& accounts,
                         const sys::Files& files) {
  Problems problems;
  for (const auto& file : action.files) problems.add(write_one(file, action.root, accounts, files));
  return problems.result();
}

Result<void> write_lines(const plan::WriteLines& action, const sys::Files& files) {
  if (auto made = files.make_directories(parent(action.path)); !made) return made;
  const std::string end = action.lines.empty() ? "" : "\n";
  return files.write_atomic(action.path, join(action.lines, "\n") + end);
}

}  // namespace ros::host
