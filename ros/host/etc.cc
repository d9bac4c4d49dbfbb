#include "host/etc.h"

#include <array>

#include "base/text.h"
#include "config/network.h"
#include "host/accounts.h"
#include "host/problems.h"

namespace ros::host {
namespace {

constexpr auto kUser = "rancher";

struct Template {
  const char* name;
  mode_t mode;
  gid_t group;
  bool optional = false;
  bool secret = false;  // has a place of its own, and a password may be filled in
};

constexpr gid_t kShadowGroup = 42;
constexpr auto kTemplates = std::to_array<Template>({
    {.name = "passwd", .mode = 0644, .group = 0},
    {.name = "group", .mode = 0644, .group = 0},
    {.name = "shadow", .mode = 0640, .group = kShadowGroup, .secret = true},
    {.name = "localtime", .mode = 0644, .group = 0, .optional = true},
});

Result<std::string> fill_in(const Template& file, std::string text, const plan::WriteEtc& action) {
  if (!file.secret || action.password.empty()) return text;
  const auto hash = hash_password(action.password);
  if (!hash) return hash;
  return set_password_hash(text, kUser, *hash);
}

Result<void> copy_template(const Template& file, const plan::WriteEtc& action,
                           const sys::Files& files) {
  const auto text = files.read(action.templates + "/" + file.name);
  if (!text) return file.optional ? Result<void>() : std::unexpected(text.error());
  const auto filled = fill_in(file, *text, action);
  if (!filled) return std::unexpected(filled.error());
  const std::string target = file.secret ? action.shadow : action.directory + "/" + file.name;
  if (auto written = files.write_atomic(target, *filled, file.mode); !written) return written;
  return file.group == 0 ? Result<void>() : files.chown(target, 0, file.group);
}

// 127.0.1.1 for the machine's own name, as Debian does: lo always has it.
std::string hosts(const std::string& base, const std::string& hostname) {
  const auto dot = hostname.find('.');
  const std::string alias = dot == std::string::npos ? "" : " " + hostname.substr(0, dot);
  return base + "127.0.1.1 " + hostname + alias + "\n";
}

bool is_machine_id(std::string_view text) {
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// A random UUID of version 4, without dashes.
Result<std::string> new_machine_id() {
  auto bytes = sys::random_bytes(16);
  if (!bytes) return bytes;
  (*bytes)[6] = static_cast<char>(((*bytes)[6] & 0x0f) | 0x40);
  (*bytes)[8] = static_cast<char>(((*bytes)[8] & 0x3f) | 0x80);
  std::string id;
  for (const char c : *bytes) {
    id += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4U];
    id += "0123456789abcdef"[static_cast<unsigned char>(c) & 15U];
  }
  return id;
}

}  // namespace

Result<void> write_etc(const plan::WriteEtc& action, const sys::Files& files) {
  for (const auto& directory :
       {action.directory, sys::parent_of(action.resolv_conf), sys::parent_of(action.shadow)})
    if (auto made = files.make_directories(directory); !made) return made;
  Problems problems;
  for (const auto& file : kTemplates) problems.add(copy_template(file, action, files));
  const auto base = files.read(action.templates + "/hosts");
  problems.add(
      files.write_atomic(action.directory + "/hosts", hosts(base.value_or(""), action.hostname)));
  problems.add(files.write_atomic(action.directory + "/hostname", action.hostname + "\n"));
  const std::string& resolver = action.resolv_conf;
  if (!action.nameservers.empty())
    problems.add(
        files.write_atomic(resolver, config::resolv_conf(action.nameservers, action.search)));
  else if (!files.exists(resolver))
    problems.add(files.write_atomic(
        resolver, config::resolv_conf(action.fallback_nameservers, action.search)));
  return problems.result();
}

Result<void> provide_machine_id(const plan::MachineId& action, const sys::Files& files) {
  Problems problems;
  std::string id(trim(files.read(action.store).value_or("")));
  if (!is_machine_id(id)) {
    auto made = new_machine_id();
    if (!made) return std::unexpected(made.error());
    id = *made;
    problems.add(files.write_atomic(action.store, id + "\n", 0444));
  }
  problems.add(files.make_directories(sys::parent_of(action.path)));
  problems.add(files.write_atomic(action.path, id + "\n", 0444));
  return problems.result();
}

}  // namespace ros::host
