#include "manager/rootfs.h"

#include "plan/tables.h"

namespace ros::manager {

std::string service_directory(const std::string& id) {
  return std::string(kServiceDirectories) + "/" + id;
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
  const std::string user_files = std::string(plan::kServiceFiles) + "/" + service.name;
  const bool has_files = files.exists(user_files);
  const std::string lower = has_files ? user_files + ":" + image_root : image_root;
  if (service.read_only && !has_files) {
    rootfs.mounts.push_back({image_root, "", "bind", {"rbind", "ro"}});
    return rootfs;
  }
  if (service.read_only) {
    rootfs.mounts.push_back({"overlay", "", "overlay", {"ro", "lowerdir=" + lower}});
    return rootfs;
  }
  const std::string upper = service_directory(id) + "/upper";
  const std::string work = service_directory(id) + "/work";
  rootfs.directories = {upper, work};
  rootfs.mounts.push_back(
      {"overlay", "", "overlay", {"lowerdir=" + lower, "upperdir=" + upper, "workdir=" + work}});
  return rootfs;
}

}  // namespace ros::manager
