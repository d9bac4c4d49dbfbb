#include "manager/image_store.h"

#include <nlohmann/json.hpp>

#include "base/architecture.h"
#include "base/log.h"
#include "manager/containerd_calls.h"

namespace ros::manager {
namespace {

constexpr sys::Millis kPullLimit{600'000};
constexpr sys::Millis kStartLimit{60'000};  // of the daemon: it reads its database from the state
constexpr int kRemoveTries = 10;            // kAwayDelay apart
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

// Made before the snapshot of the container.
std::string stamp(const std::string& id) {
  return service_directory(id) + "/snapshot";
}

}  // namespace

ImageStore::ImageStore(sys::EventLoop& loop, containerd::Client& client, const sys::Files& files,
                       Start start)
    : loop_(loop), client_(client), files_(files), start_(std::move(start)) {}

sys::Task<Result<std::vector<containerd::Image>>> ImageStore::list() {
  const sys::Millis deadline = loop_.now() + kStartLimit;
  for (;;) {
    const Result<void> started = start_();
    if (!started) co_return context("image store", started.error());
    Result<std::vector<containerd::Image>> images = co_await client_.list_images(kCallLimit);
    if (images) co_return images;
    if (!is_away(images.error()) || loop_.now() >= deadline)
      co_return context("image store", images.error());
    co_await sys::Sleep(loop_, kAwayDelay);
  }
}

sys::Task<Result<containerd::Image>> ImageStore::find_or_pull(std::string reference) {
  Result<std::vector<containerd::Image>> images = co_await list();
  if (!images) co_return std::unexpected(images.error());
  for (const auto& image : *images) {
    if (image.name == reference) co_return image;
  }
  Result<containerd::Image> pulled = co_await client_.pull(reference, false, kPullLimit);
  co_return pulled;
}

sys::Task<Result<std::string>> ImageStore::configuration_digest(std::string digest) {
  constexpr int kLevels = 3;  // index, manifest, and one nested index
  for (int level = 0; level < kLevels; ++level) {
    Result<std::string> text = co_await client_.read_content(digest, kDocumentLimit, kCallLimit);
    if (!text) co_return text;
    const auto next = next_digest(*text);
    if (!next) co_return std::unexpected(next.error());
    digest = next->digest;
    if (next->is_configuration) co_return digest;
  }
  co_return fail("image index is nested too deeply");
}

sys::Task<Result<Rootfs>> ImageStore::snapshot(std::string image, std::string id) {
  const std::string reference = full_reference(image);
  Result<containerd::Image> found = co_await find_or_pull(reference);
  if (!found) co_return std::unexpected(found.error());
  Result<void> swept = co_await sweep();
  if (!swept) log(LogLevel::kWarning, "old snapshots: " + swept.error().message);
  Result<std::string> digest = co_await configuration_digest(found->target_digest);
  if (!digest) co_return std::unexpected(digest.error());
  Result<std::string> text = co_await client_.read_content(*digest, kDocumentLimit, kCallLimit);
  if (!text) co_return std::unexpected(text.error());
  auto configuration = containerd::parse_image_config(*text);
  if (!configuration) co_return std::unexpected(configuration.error());
  Result<std::map<std::string, std::string>> labels =
      co_await client_.content_labels(*digest, kCallLimit);
  if (!labels) co_return std::unexpected(labels.error());
  const std::string parent = (*labels)[kChainLabel];
  if (parent.empty()) co_return fail("not unpacked");
  if (auto noted = files_.write_atomic(stamp(id), ""); !noted)
    co_return std::unexpected(noted.error());
  Result<std::vector<sys::Mount>> mounts =
      co_await client_.prepare_snapshot(id, parent, kCallLimit);
  if (!mounts) co_return std::unexpected(mounts.error());
  co_return Rootfs{
      .mounts = *mounts, .directories = {}, .image = *configuration, .snapshot_key = id};
}

sys::Task<Result<void>> ImageStore::sweep() {
  Result<std::vector<std::string>> keys = co_await client_.list_snapshots(kCallLimit);
  if (!keys) co_return std::unexpected(keys.error());
  for (const auto& key : *keys) {
    // Whoever starts a container has made its directory first.
    if (files_.exists(service_directory(key))) continue;
    Result<void> removed = co_await client_.remove_snapshot(key, kCallLimit);
    if (!removed && !is_missing(removed.error())) co_return removed;
  }
  co_return Result<void>{};
}

sys::Task<Result<Rootfs>> ImageStore::prepare(config::ServiceDefinition service, std::string id) {
  Result<Rootfs> rootfs = co_await snapshot(service.image, id);
  if (!rootfs) co_return context("image '" + service.image + "'", rootfs.error());
  lay_over(files_over_image(files_, service.name), rootfs->mounts);
  co_return rootfs;
}

sys::Task<Result<void>> ImageStore::remove(std::string id) {
  if (!files_.exists(stamp(id))) co_return Result<void>{};
  for (int tries = 1;; ++tries) {
    Result<void> removed = co_await client_.remove_snapshot(id, kKillLimit);
    if (removed || is_missing(removed.error())) co_return Result<void>{};
    if (tries == kRemoveTries) co_return removed;
    co_await sys::Sleep(loop_, kAwayDelay);
  }
}

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

}  // namespace ros::manager
