#include "cli/console/sshd.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/log.h"
#include "base/text.h"

namespace ros::cli {
namespace {

constexpr std::string_view kRunDirectory = "/run/ros/sshd";
constexpr std::string_view kStateDirectory = "/var/lib/rancher/ssh";
constexpr std::string_view kCopies = "/run/ros/sshd/copies";  // of keys on the state
constexpr std::string_view kHostKey = "ssh_host_ed25519_key";
constexpr std::array<std::string_view, 2> kOtherHostKeys = {"ssh_host_ecdsa_key",
                                                            "ssh_host_rsa_key"};
constexpr std::string_view kConfig = "/etc/ssh/sshd_config";
constexpr std::string_view kImageConfig = "/usr/lib/ssh/sshd_config";

std::string below(std::string_view directory, std::string_view name) {
  return std::string(directory) + "/" + std::string(name);
}

// An interrupted write leaves a file without its end.
bool is_private_key(std::string_view text) {
  return text.starts_with("-----BEGIN ") && trim(text).ends_with(" PRIVATE KEY-----") &&
         text.find("-----END ") != std::string_view::npos;
}

Result<void> write_key_pair(const std::string& path, const std::string& key,
                            const std::string& public_key, const sys::Files& files) {
  if (auto made = files.make_directories(sys::parent_of(path), 0700); !made) return made;
  if (auto written = files.write_atomic(path + ".pub", public_key); !written) return written;
  return files.write_atomic(path, key, 0600);
}

std::vector<std::string> conf_files(std::string_view directory, const sys::Files& files) {
  std::vector<std::string> paths;
  for (const auto& name : files.list(directory).value_or(std::vector<std::string>()))
    if (name.ends_with(".conf") && !name.starts_with('.')) paths.push_back(below(directory, name));
  return paths;
}

std::vector<std::string> user_files(const sys::Files& files) {
  std::vector<std::string> paths;
  for (const auto directory : kSshdUserDirectories)
    for (auto& path : conf_files(directory, files)) paths.push_back(std::move(path));
  return paths;
}

// One way to put the configuration together.
struct Candidate {
  std::string_view what;  // for the log
  std::vector<std::string> includes;
};

Result<void> try_candidate(const Candidate& candidate, const sys::Files& files,
                           const CheckConfig& check) {
  std::string text = "# Made at each start of sshd.\n";
  for (const auto& path : candidate.includes) text += "Include \"" + path + "\"\n";
  if (auto written = files.write_atomic(kSshdConfig, text, 0600); !written) return written;
  return check();
}

std::vector<std::string> texts(const std::vector<std::string>& paths, const sys::Files& files) {
  std::vector<std::string> result;
  for (const auto& path : paths) result.push_back(files.read(path).value_or(""));
  return result;
}

// Copies under numbered names: two directories may hold the same one. Cut short it leaves old and
// new copies side by side, which are checked like all others before use.
Result<void> keep_as_good(const std::vector<std::string>& paths, const sys::Files& files) {
  const auto old = conf_files(kSshdLastGood, files);
  if (texts(paths, files) == texts(old, files)) return {};
  if (auto made = files.make_directories(kSshdLastGood, 0700); !made) return made;
  std::vector<std::string> copies;
  for (const auto& path : paths) {
    const auto name = path.substr(path.find_last_of('/') + 1);
    copies.push_back(below(kSshdLastGood, std::to_string(100 + copies.size()) + "-" + name));
    const auto text = files.read(path);
    if (!text) return std::unexpected(text.error());
    if (auto kept = files.write_atomic(copies.back(), *text, 0600); !kept) return kept;
  }
  for (const auto& path : old)
    if (std::ranges::find(copies, path) == copies.end())
      if (auto gone = files.remove(path); !gone) return gone;
  return {};
}

// sshd reads its keys at each connection, also when the state has gone.
std::string copy_in_memory(std::string_view name, const std::string& key, const sys::Files& files) {
  auto copy = below(kCopies, name);
  const auto public_key = files.read(below(kStateDirectory, name) + ".pub").value_or("");
  if (auto written = write_key_pair(copy, key, public_key, files); written) return copy;
  return below(kStateDirectory, name);
}

// "" when there is none.
std::string find_host_key(std::string_view name, const sys::Files& files) {
  for (const auto directory : {kRunDirectory, kStateDirectory, kCopies}) {
    auto path = below(directory, name);
    const auto text = files.read(path);
    if (text && is_private_key(*text))
      return directory == kStateDirectory ? copy_in_memory(name, *text, files) : path;
    if (text) log(LogLevel::kWarning, "host key '" + path + "' is damaged and not used");
  }
  return "";
}

Result<std::string> new_host_key(const sys::Files& files, const MakeKey& make) {
  const auto of_this_boot = below(kRunDirectory, kHostKey);
  const auto kept = below(kStateDirectory, kHostKey);
  const auto fresh = below(kRunDirectory, "new_key");
  for (const auto* const suffix : {"", ".pub"})
    if (auto gone = files.remove(fresh + suffix); !gone) return std::unexpected(gone.error());
  if (auto made = make(fresh); !made) return context("make a host key", made.error());
  const auto key = files.read(fresh);
  if (!key) return context("make a host key", key.error());
  const auto public_key = files.read(fresh + ".pub").value_or("");
  const auto stored = write_key_pair(kept, *key, public_key, files);
  if (stored) return copy_in_memory(kHostKey, *key, files);
  log(LogLevel::kWarning, "the host key is for this boot only: " + stored.error().message);
  if (auto written = write_key_pair(of_this_boot, *key, public_key, files); !written)
    return std::unexpected(written.error());
  return of_this_boot;
}

}  // namespace

bool sshd_wanted(const sys::Files& files) {
  return !trim(files.read(kSshdSettings).value_or("")).empty();
}

Result<std::vector<std::string>> provide_host_keys(const sys::Files& files, const MakeKey& make) {
  if (auto made = files.make_directories(kRunDirectory, 0700); !made)
    return std::unexpected(made.error());
  std::vector<std::string> paths = {find_host_key(kHostKey, files)};
  if (paths.front().empty()) {
    auto made = new_host_key(files, make);
    if (!made) return std::unexpected(made.error());
    paths.front() = *made;
  }
  for (const auto name : kOtherHostKeys)
    if (auto path = find_host_key(name, files); !path.empty()) paths.push_back(std::move(path));
  return paths;
}

Result<void> write_sshd_config(const sys::Files& files, const CheckConfig& check) {
  const std::string settings(kSshdSettings);
  const auto own = user_files(files);
  const auto with = [](std::vector<std::string> paths, std::initializer_list<std::string> more) {
    paths.insert(paths.end(), more);
    return paths;
  };
  const std::string image(kImageConfig);
  const std::vector<Candidate> candidates = {
      {"the configuration", with(own, {settings, std::string(kConfig)})},
      {"what last passed", with(conf_files(kSshdLastGood, files), {settings, image})},
      {"the built-in configuration", {settings, image}},
      {"the built-in configuration without rancher.ssh", {image}},
  };
  Result<void> checked;
  for (const auto& candidate : candidates) {
    const std::string what = "sshd: " + std::string(candidate.what);
    checked = try_candidate(candidate, files, check);
    if (!checked) {
      log(LogLevel::kError, what + " is refused: " + checked.error().message);
      continue;
    }
    const bool best = &candidate == &candidates.front();
    if (!best) log(LogLevel::kWarning, what + " is in effect");
    if (const auto kept = best ? keep_as_good(own, files) : Result<void>(); !kept)
      log(LogLevel::kWarning, kept.error().message);
    return {};
  }
  return checked;
}

}  // namespace ros::cli
