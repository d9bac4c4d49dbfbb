#include "manager/preparation.h"

#include "containerd/oci_spec.h"
#include "plan/tables.h"
#include "sys/mount.h"

namespace ros::manager {
namespace {

// A built-in image may have a profile of its own; Docker's is for all others.
Result<std::string> seccomp_profile(const sys::Files& files,
                                    const config::ServiceDefinition& service,
                                    const Rootfs& rootfs) {
  if (!containerd::needs_seccomp(service)) return "";
  const std::string own = "/images/" + service.image + "/seccomp.json";
  if (rootfs.snapshot_key.empty() && files.exists(own)) return files.read(own);
  return files.read("/usr/share/ros/seccomp.json");
}

Result<void> make_directories(const sys::Files& files, const config::ServiceDefinition& service,
                              const Rootfs& rootfs) {
  auto directories = rootfs.directories;
  for (const auto& volume : service.volumes) {  // as Docker does for a bind without a source
    if (!files.exists(volume.source)) directories.push_back(volume.source);
  }
  for (const auto& directory : directories) {
    if (auto made = files.make_directories(directory); !made) return made;
  }
  return {};
}

Result<ImageAccounts> accounts_of(const sys::Files& files, const config::ServiceDefinition& service,
                                  const Rootfs& rootfs, const std::string& id) {
  if (!has_name(service.user.empty() ? rootfs.image.user : service.user)) return ImageAccounts{};
  if (rootfs.snapshot_key.empty()) {  // built-in images have the machine's accounts
    const std::string directory(plan::kEtcDirectory);
    return ImageAccounts{files.read(directory + "/passwd").value_or(""),
                         files.read(directory + "/group").value_or("")};
  }
  sys::KernelMounter mounter;
  return read_image_accounts(rootfs.mounts, image_directory(id), files, mounter);
}

}  // namespace

Result<Preparation> prepare(const sys::Files& files, const config::ServiceDefinition& service,
                            const Rootfs& rootfs, const std::string& id) {
  if (auto made = make_directories(files, service, rootfs); !made) {
    return std::unexpected(made.error());
  }
  auto accounts = accounts_of(files, service, rootfs, id);
  if (!accounts) return std::unexpected(accounts.error());
  auto profile = seccomp_profile(files, service, rootfs);
  if (!profile) return std::unexpected(profile.error());
  return Preparation{*std::move(accounts), *std::move(profile)};
}

}  // namespace ros::manager
