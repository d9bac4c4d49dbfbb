// containerd.services.transfer.v1: registry -> image store.
#include <services/transfer/v1/transfer.pb.h>
#include <types/transfer/imagestore.pb.h>
#include <types/transfer/registry.pb.h>

#include "base/architecture.h"
#include "containerd/services.h"

namespace ros::containerd {
namespace {

namespace api = ::containerd::services::transfer::v1;
namespace kinds = ::containerd::types::transfer;

constexpr std::string_view kTransfer = "/containerd.services.transfer.v1.Transfer/Transfer";

void set_platform(::containerd::types::Platform& platform) {
  platform.set_os("linux");
  platform.set_architecture(kArchitecture);
}

template <class Message>
void pack(const Message& message, google::protobuf::Any& any) {
  any.set_type_url(message.GetTypeName());
  any.set_value(message.SerializeAsString());
}

api::TransferRequest pull_request(const std::string& reference, bool plain_http,
                                  const std::string& registries) {
  kinds::OCIRegistry source;
  if (!registries.empty()) source.mutable_resolver()->set_host_dir(registries);
  source.set_reference(reference);
  if (plain_http) source.mutable_resolver()->set_default_scheme("http");
  kinds::ImageStore store;
  store.set_name(reference);
  set_platform(*store.add_platforms());
  auto* const unpack = store.add_unpacks();
  set_platform(*unpack->mutable_platform());
  unpack->set_snapshotter("overlayfs");
  api::TransferRequest request;
  pack(source, *request.mutable_source());
  pack(store, *request.mutable_destination());
  return request;
}

}  // namespace

Reply<Image> pull_image(ChannelPtr channel, std::string reference, bool plain_http,
                        Deadline deadline) {
  const sys::Millis begin = channel->loop().now();
  const Method method{kTransfer, reference};
  const auto request = pull_request(reference, plain_http, channel->options().registries);
  auto call = unary_done<google::protobuf::Empty>(channel, method, request, deadline);
  const Result<void> transferred = co_await call;
  if (!transferred) co_return std::unexpected(transferred.error());
  const Deadline left = left_of(*channel, begin, deadline);
  auto get = get_image(channel, reference, left);
  co_return co_await get;
}

}  // namespace ros::containerd
