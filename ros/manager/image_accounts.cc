#include "manager/image_accounts.h"

#include <algorithm>

#include "base/text.h"
#include "manager/rootfs.h"

namespace ros::manager {
namespace {

constexpr std::size_t kMostBytes = std::size_t{1} << 20U;

Result<std::string> read_inside(const std::string& directory, const std::string& path,
                                const sys::Files& files) {
  auto text = files.read_inside(directory, path, kMostBytes);
  if (!text && text.error().code == ENOENT) return "";
  return text ? text : context("in the image", text.error());
}

Result<ImageAccounts> read_accounts(const std::string& directory, const sys::Files& files) {
  auto passwd = read_inside(directory, "/etc/passwd", files);
  if (!passwd) return std::unexpected(passwd.error());
  auto group = read_inside(directory, "/etc/group", files);
  if (!group) return std::unexpected(group.error());
  return ImageAccounts{*std::move(passwd), *std::move(group)};
}

}  // namespace

bool has_name(const std::string& user) {
  return std::ranges::any_of(split(user, ':'), [](const std::string& part) {
    return part.find_first_not_of("0123456789") != std::string::npos;
  });
}

std::string image_directory(const std::string& id) {
  return service_directory(id) + "/image";
}

Result<ImageAccounts> read_image_accounts(const std::vector<sys::Mount>& mounts,
                                          const std::string& directory, const sys::Files& files,
                                          sys::Mounter& mounter) {
  if (auto made = files.make_directories(directory); !made) return std::unexpected(made.error());
  std::size_t mounted = 0;
  Result<ImageAccounts> accounts;
  for (auto mount : mounts) {
    mount.target = directory;
    if (auto done = mounter.mount(mount); !done) {
      accounts = std::unexpected(done.error());
      break;
    }
    ++mounted;
  }
  if (accounts) accounts = read_accounts(directory, files);
  for (; mounted > 0; --mounted)
    if (auto done = mounter.unmount(directory, false); !done)
      accounts = std::unexpected(done.error());
  return accounts;
}

}  // namespace ros::manager
