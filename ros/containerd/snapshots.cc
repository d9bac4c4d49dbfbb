// containerd.services.snapshots.v1, of the overlayfs snapshotter.
#include <services/snapshots/v1/snapshots.pb.h>

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

// Collects the keys, which come in pieces.
class Lister {
 public:
  Lister(const ChannelPtr& channel, Method method, const std::string& request, Deadline deadline)
      : method_(std::move(method)),
        call_(std::make_unique<Call>(
            channel, method_, request, deadline,
            Call::Handlers{[this](const std::string& message) { on_message(message); },
                           [this](const Result<void>& end) { on_end(end); }})) {}

  [[nodiscard]] sys::Completion<Result<std::vector<std::string>>>& done() { return done_; }

 private:
  void on_message(const std::string& message) {
    api::ListSnapshotsResponse piece;
    if (!piece.ParseFromString(message)) return end(EPROTO, "response can't be decoded");
    for (const auto& each : piece.info()) keys_.push_back(each.name());
    if (keys_.size() > kMostSnapshots) end(EFBIG, "too many");
  }

  void on_end(const Result<void>& result) {
    if (!result) return done_.set(std::unexpected(result.error()));
    done_.set(std::move(keys_));
  }

  void end(int code, std::string_view why) {
    call_.reset();
    done_.set(std::unexpected(Error{code, method_.describe() + ": " + std::string(why)}));
  }

  Method method_;
  std::vector<std::string> keys_;
  sys::Completion<Result<std::vector<std::string>>> done_;
  std::unique_ptr<Call> call_;
};

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
  const std::string bytes = request.SerializeAsString();
  const Method method{kList, ""};
  Lister lister(channel, method, bytes, deadline);
  auto& done = lister.done();
  co_return co_await done;
}

}  // namespace ros::containerd
