#include <algorithm>
#include <array>

#include "containerd/oci_parts.h"

namespace ros::containerd {
namespace {

using Json = nlohmann::json;
using Options = std::vector<std::string>;

constexpr const char* kEtc = "/run/etc";

struct OciMount {
  std::string destination;
  std::string type;
  std::string source;
  Options options;
};

OciMount bind_mount(const std::string& source, const std::string& target, Options options) {
  options.insert(options.begin(), "rbind");
  return {target, "bind", source, std::move(options)};
}

OciMount tmpfs_mount(const std::string& target, Options options) {
  options.insert(options.begin(), {"nosuid", "nodev"});
  return {target, "tmpfs", "tmpfs", std::move(options)};
}

std::vector<OciMount> device_mounts(const config::ServiceDefinition& service) {
  // Whole, so that devices that come later are seen too.
  if (service.privileged) return {bind_mount("/dev", "/dev", {"rslave"})};
  std::vector<OciMount> mounts = {
      {"/dev", "tmpfs", "tmpfs", {"nosuid", "strictatime", "mode=755", "size=65536k"}},
      {"/dev/pts",
       "devpts",
       "devpts",
       {"nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"}}};
  if (service.host_ipc) {
    mounts.push_back(bind_mount("/dev/shm", "/dev/shm", {}));
    mounts.push_back(bind_mount("/dev/mqueue", "/dev/mqueue", {}));
  } else {
    mounts.push_back(
        {"/dev/shm", "tmpfs", "shm", {"nosuid", "noexec", "nodev", "mode=1777", "size=65536k"}});
    mounts.push_back({"/dev/mqueue", "mqueue", "mqueue", {"nosuid", "noexec", "nodev"}});
  }
  if (!service.tty_device.empty())
    mounts.push_back(bind_mount(service.tty_device, service.tty_device, {}));
  return mounts;
}

std::vector<OciMount> default_mounts(const SpecInput& input) {
  const auto& service = input.service;
  std::vector<OciMount> mounts = {{"/proc", "proc", "proc", {"nosuid", "noexec", "nodev"}}};
  std::ranges::move(device_mounts(service), std::back_inserter(mounts));
  Options kernel = {"nosuid", "noexec", "nodev"};
  if (!service.privileged) kernel.push_back("ro");
  mounts.push_back({"/sys", "sysfs", "sysfs", kernel});
  kernel.push_back("relatime");
  mounts.push_back({"/sys/fs/cgroup", "cgroup", "cgroup", kernel});
  mounts.push_back(tmpfs_mount("/run", {"mode=755"}));
  mounts.push_back(
      bind_mount(kEtc, kEtc, service.privileged ? Options{"rprivate"} : Options{"ro", "rprivate"}));
  return mounts;
}

// "/a/b/" and "/a//b" -> "/a/b"
std::string clean(const std::string& path) {
  std::string text;
  for (const char c : path)
    if (c != '/' || !text.ends_with('/')) text += c;
  if (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

std::vector<OciMount> own_mounts(const config::ServiceDefinition& service) {
  std::vector<OciMount> mounts;
  for (const auto& target : service.tmpfs)
    mounts.push_back(tmpfs_mount(clean(target), {"noexec", "mode=1777"}));
  for (const auto& volume : service.volumes) {
    Options options = {volume.propagation};
    // Recursive: a mount below the source would stay writable otherwise.
    if (volume.read_only) options.insert(options.begin(), "rro");
    mounts.push_back(bind_mount(volume.source, clean(volume.target), options));
  }
  // Parents first, else they hide what was mounted below them.
  std::ranges::stable_sort(
      mounts, {}, [](const OciMount& mount) { return std::ranges::count(mount.destination, '/'); });
  return mounts;
}

bool covers(const std::string& parent, const std::string& path) {
  return path == parent || path.starts_with(parent + "/");
}

// A default mount gives way to the service's own at the same place or above it.
bool replaced(const OciMount& mount, const std::vector<OciMount>& own) {
  return std::ranges::any_of(
      own, [&](const OciMount& other) { return covers(other.destination, mount.destination); });
}

// Whether a path of the host is the same file in the container.
bool is_shared(const std::string& path, const config::ServiceDefinition& service) {
  return std::ranges::any_of(service.volumes, [&](const config::Volume& volume) {
    return clean(volume.target) == clean(volume.source) && covers(clean(volume.target), path);
  });
}

Json to_json(const OciMount& mount) {
  return {{"destination", mount.destination},
          {"type", mount.type},
          {"source", mount.source},
          {"options", mount.options}};
}

}  // namespace

Json oci_mounts(const SpecInput& input) {
  const auto own = own_mounts(input.service);
  const auto defaults = default_mounts(input);
  Json mounts = Json::array();
  for (const auto& mount : defaults)
    if (!replaced(mount, own)) mounts.push_back(to_json(mount));
  for (const auto& mount : own) mounts.push_back(to_json(mount));
  const auto& notify = input.notify_socket_dir;
  if (!notify.empty() && !is_shared(notify, input.service))
    mounts.push_back(to_json(bind_mount(notify, notify, {"rprivate"})));
  return mounts;
}

std::string root_propagation(const SpecInput& input) {
  std::string needed;
  for (const auto& volume : input.service.volumes) {
    if (volume.propagation.ends_with("shared")) return "shared";
    if (volume.propagation.ends_with("slave")) needed = "rslave";
  }
  return needed;
}

}  // namespace ros::containerd
