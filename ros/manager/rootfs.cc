#include "manager/rootfs.h"

#include "plan/tables.h"

namespace ros::manager {

std::string service_directory(const std::string& id) {
  return std::string(kServiceDirectories) + "/" + id;
}

std::string files_over_image(const sys::Files& files, const std::string& service) {
  std::string directory = std::string(plan::kServiceFiles) + "/" + service;
  return files.exists(directory) ? directory : "";
}

void lay_over(const std::string& directory, std::vector<sys::Mount>& mounts) {
  constexpr std::string_view kLower = "lowerdir=";
  if (directory.empty()) return;
  for (auto& mount : mounts)
    for (auto& option : mount.options)
      if (option.starts_with(kLower)) option.insert(kLower.size(), directory + ":");
}

bool is_built_in(const sys::Files& files, const std::string& image) {
  return image.find_first_of("/:@") == std::string::npos &&
         files.exists("/images/" + image + "/config.json");
}

Result<Rootfs> built_in_rootfs(const sys::Files& files, const config::ServiceDefinition& service,
                               const std::string& id) {
  const std::string folder = "/images/" + service.image;
  const auto text = files.read(folder + "/config.json");
  if (!text) return context("image '" + service.image + "'", text.error());
  auto image = containerd::parse_image_config(*text);
  if (!image) return context("image '" + service.image + "'", image.error());

  Rootfs rootfs;
  rootfs.image = std::move(*image);
  const std::string image_root = folder + "/rootfs";
  const std::string user_files = files_over_image(files, service.name);
  const std::string lower = "lowerdir=" + image_root;
  if (service.read_only && user_files.empty()) {
    rootfs.mounts.push_back({image_root, "", "bind", {"rbind", "ro"}});
  } else if (service.read_only) {
    rootfs.mounts.push_back({"overlay", "", "overlay", {"ro", lower}});
  } else {
    const std::string upper = service_directory(id) + "/upper";
    const std::string work = service_directory(id) + "/work";
    rootfs.directories = {upper, work};
    rootfs.mounts.push_back(
        {"overlay", "", "overlay", {lower, "upperdir=" + upper, "workdir=" + work}});
  }
  lay_over(user_files, rootfs.mounts);
  return rootfs;
}

}  // namespace ros::manager
