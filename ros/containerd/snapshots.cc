// containerd.services.snapshots.v1, of the overlayfs snapshotter.
#include <services/snapshots/v1/snapshots.pb.h>

#include "containerd/collect.h"
#include "containerd/mounts.h"
#include "containerd/services.h"

namespace ros::containerd {
namespace {

namespace api = ::containerd::services::snapshots::v1;

constexpr std::string_view kPrepare = "/containerd.services.snapshots.v1.Snapshots/Prepare";
constexpr std::string_view kMounts = "/containerd.services.snapshots.v1.Snapshots/Mounts";
constexpr std::string_view kList = "/containerd.services.snapshots.v1.Snapshots/List";
constexpr std::string_view kRemove = "/containerd.services.snapshots.v1.Snapshots/Remove";

constexpr const char* kSnapshotter = "overlayfs";
// Keeps the garbage collector off until remove_snapshot(); the value is a time nobody reads.
constexpr const char* kRootLabel = "containerd.io/gc.root";
constexpr std::size_t kMostSnapshots = 10'000;

}  // namespace

Reply<std::vector<sys::Mount>> prepare_snapshot(ChannelPtr channel, std::string key,
                                                std::string parent, Deadline deadline) {
  api::PrepareSnapshotRequest request;
  request.set_snapshotter(kSnapshotter);
  request.set_key(key);
  request.set_parent(parent);
  (*request.mutable_labels())[kRootLabel] = "1970-01-01T00:00:00Z";
  const Method method{kPrepare, key};
  auto call = unary<api::PrepareSnapshotResponse>(channel, method, request, deadline);
  const Result<api::PrepareSnapshotResponse> response = co_await call;
  if (!response) co_return std::unexpected(response.error());
  co_return from_api_mounts(response->mounts());
}

Reply<std::vector<sys::Mount>> snapshot_mounts(ChannelPtr channel, std::string key,
                                               Deadline deadline) {
  api::MountsRequest request;
  request.set_snapshotter(kSnapshotter);
  request.set_key(key);
  const Method method{kMounts, key};
  auto call = unary<api::MountsResponse>(channel, method, request, deadline);
  const Result<api::MountsResponse> response = co_await call;
  if (!response) co_return std::unexpected(response.error());
  co_return from_api_mounts(response->mounts());
}

Reply<void> remove_snapshot(ChannelPtr channel, std::string key, Deadline deadline) {
  api::RemoveSnapshotRequest request;
  request.set_snapshotter(kSnapshotter);
  request.set_key(key);
  return unary_done<google::protobuf::Empty>(channel, {kRemove, key}, request, deadline);
}

Reply<std::vector<std::string>> list_snapshots(ChannelPtr channel, Deadline deadline) {
  api::ListSnapshotsRequest request;
  request.set_snapshotter(kSnapshotter);
  request.add_filters(std::string("labels.\"") + kRootLabel + "\"");
  using Keys = std::vector<std::string>;
  return collect<api::ListSnapshotsResponse, Keys>(
      std::move(channel), {kList, ""}, std::move(request), deadline,
      [](const api::ListSnapshotsResponse& piece, Keys& keys) -> Result<void> {
        for (const auto& each : piece.info()) keys.push_back(each.name());
        if (keys.size() > kMostSnapshots) return std::unexpected(Error{EFBIG, "too many"});
        return {};
      });
}

}  // namespace ros::containerd
