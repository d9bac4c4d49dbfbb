// Images that are not part of the system image: pulled by the system containerd, run from a
// snapshot.
#include <nlohmann/json.hpp>

#include "base/architecture.h"
#include "manager/containerd_calls.h"
#include "manager/rootfs.h"

namespace ros::manager {
namespace {

constexpr sys::Millis kPullLimit{600'000};
constexpr std::size_t kDocumentLimit = std::size_t{4} << 20U;  // manifests are limited to 4 MiB
// Set by containerd on an image's configuration when it has unpacked the image: the top snapshot.
constexpr auto kChainLabel = "containerd.io/gc.ref.snapshot.overlayfs";

// The digest to read next: of the platform's manifest for an index, of the configuration for a
// manifest.
struct Next {
  std::string digest;
  bool is_configuration = false;
};

Result<Next> next_digest(const std::string& text) try {
  const auto document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_object()) return fail("manifest is not a JSON object");
  if (const auto config = document.find("config"); config != document.end()) {
    return Next{config->value("digest", ""), true};
  }
  for (const auto& entry : document.value("manifests", nlohmann::json::array())) {
    const auto platform = entry.value("platform", nlohmann::json::object());
    if (platform.value("os", "") == "linux" &&
        platform.value("architecture", "") == kArchitecture) {
      return Next{entry.value("digest", ""), false};
    }
  }
  return fail(std::string("no image for linux/") + kArchitecture);
} catch (const nlohmann::json::exception& error) {
  return fail(std::string("manifest: ") + error.what());
}

sys::Task<Result<std::string>> configuration_digest(containerd::Client& client,
                                                    std::string digest) {
  constexpr int kLevels = 3;  // index, manifest, and one nested index
  for (int level = 0; level < kLevels; ++level) {
    Result<std::string> text = co_await client.read_content(digest, kDocumentLimit, kCallLimit);
    if (!text) co_return text;
    const auto next = next_digest(*text);
    if (!next) co_return std::unexpected(next.error());
    digest = next->digest;
    if (next->is_configuration) co_return digest;
  }
  co_return fail("image index is nested too deeply");
}

sys::Task<Result<containerd::Image>> find_or_pull(containerd::Client& client,
                                                  std::string reference) {
  Result<std::vector<containerd::Image>> images = co_await client.list_images(kCallLimit);
  if (!images) co_return std::unexpected(images.error());
  for (const auto& image : *images) {
    if (image.name == reference) co_return image;
  }
  Result<containerd::Image> pulled = co_await client.pull(reference, false, kPullLimit);
  co_return pulled;
}

sys::Task<Result<Rootfs>> snapshot_rootfs(containerd::Client& client, std::string image,
                                          std::string id) {
  const std::string reference = full_reference(image);
  Result<containerd::Image> found = co_await find_or_pull(client, reference);
  if (!found) co_return std::unexpected(found.error());
  Result<std::string> digest = co_await configuration_digest(client, found->target_digest);
  if (!digest) co_return std::unexpected(digest.error());
  Result<std::string> text = co_await client.read_content(*digest, kDocumentLimit, kCallLimit);
  if (!text) co_return std::unexpected(text.error());
  auto configuration = containerd::parse_image_config(*text);
  if (!configuration) co_return std::unexpected(configuration.error());
  Result<std::map<std::string, std::string>> labels =
      co_await client.content_labels(*digest, kCallLimit);
  if (!labels) co_return std::unexpected(labels.error());
  const std::string parent = (*labels)[kChainLabel];
  if (parent.empty()) co_return fail("not unpacked");
  Result<std::vector<sys::Mount>> mounts = co_await client.prepare_snapshot(id, parent, kCallLimit);
  if (!mounts) co_return std::unexpected(mounts.error());
  co_return Rootfs{
      .mounts = *mounts, .directories = {}, .image = *configuration, .snapshot_key = id};
}

}  // namespace

std::string full_reference(const std::string& image) {
  const auto slash = image.find('/');
  const auto host = image.substr(0, slash);
  const bool has_host = slash != std::string::npos &&
                        (host.find_first_of(".:") != std::string::npos || host == "localhost");
  std::string name =
      has_host ? image : "docker.io/" + (slash == std::string::npos ? "library/" + image : image);
  const bool has_tag = name.find_first_of(":@", name.rfind('/')) != std::string::npos;
  return has_tag ? name : name + ":latest";
}

sys::Task<Result<Rootfs>> pulled_rootfs(const sys::Files& files, containerd::Client& client,
                                        const config::ServiceDefinition& service, std::string id) {
  const std::string image = service.image;
  const std::string name = service.name;
  Result<Rootfs> rootfs = co_await snapshot_rootfs(client, image, id);
  if (!rootfs) co_return context("image '" + image + "'", rootfs.error());
  lay_over(files_over_image(files, name), rootfs->mounts);
  co_return rootfs;
}

}  // namespace ros::manager
