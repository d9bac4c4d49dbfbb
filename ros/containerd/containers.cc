// containerd.services.containers.v1
#include <services/containers/v1/containers.pb.h>
#include <types/runc/options/oci.pb.h>

#include "containerd/decode.h"
#include "containerd/services.h"

namespace ros::containerd {
namespace {

namespace api = ::containerd::services::containers::v1;

constexpr std::string_view kGet = "/containerd.services.containers.v1.Containers/Get";
constexpr std::string_view kList = "/containerd.services.containers.v1.Containers/List";
constexpr std::string_view kCreate = "/containerd.services.containers.v1.Containers/Create";
constexpr std::string_view kDelete = "/containerd.services.containers.v1.Containers/Delete";

constexpr std::string_view kRuntime = "io.containerd.runc.v2";

Container from_api(const api::Container& from) {
  Container to;
  to.id = from.id();
  to.labels.insert(from.labels().begin(), from.labels().end());
  to.image = from.image();
  to.snapshotter = from.snapshotter();
  to.snapshot_key = from.snapshot_key();
  to.spec_json = from.spec().value();
  to.shim_group = shim_group_of(to.spec_json);
  ::containerd::runc::v1::Options options;
  const auto& any = from.runtime().options();
  if (any.type_url() == kRuncOptionsType && options.ParseFromString(any.value()))
    to.shim_cgroup = options.shim_cgroup();
  return to;
}

Result<api::Container> to_api(const Container& from) {
  Result<std::string> spec = with_shim_group(from.spec_json, from.shim_group);
  if (!spec) return std::unexpected(spec.error());
  api::Container to;
  to.set_id(from.id);
  to.mutable_labels()->insert(from.labels.begin(), from.labels.end());
  to.set_image(from.image);
  to.set_snapshotter(from.snapshotter);
  to.set_snapshot_key(from.snapshot_key);
  to.mutable_spec()->set_type_url(std::string(kSpecType));
  to.mutable_spec()->set_value(std::move(*spec));
  auto* runtime = to.mutable_runtime();
  runtime->set_name(std::string(kRuntime));
  ::containerd::runc::v1::Options options;
  options.set_binary_name("crun");  // found by containerd's PATH
  options.set_shim_cgroup(from.shim_cgroup);
  runtime->mutable_options()->set_type_url(std::string(kRuncOptionsType));
  runtime->mutable_options()->set_value(options.SerializeAsString());
  return to;
}

}  // namespace

Reply<std::vector<Container>> list_containers(ChannelPtr channel, std::string filter,
                                              Deadline deadline) {
  api::ListContainersRequest request;
  if (!filter.empty()) request.add_filters(filter);
  auto call = unary<api::ListContainersResponse>(channel, {kList, filter}, request, deadline);
  const Result<api::ListContainersResponse> response = co_await call;
  if (!response) co_return std::unexpected(response.error());
  std::vector<Container> containers;
  for (const auto& container : response->containers()) containers.push_back(from_api(container));
  co_return containers;
}

Reply<Container> get_container(ChannelPtr channel, std::string id, Deadline deadline) {
  api::GetContainerRequest request;
  request.set_id(id);
  auto call = unary<api::GetContainerResponse>(channel, {kGet, id}, request, deadline);
  const Result<api::GetContainerResponse> response = co_await call;
  if (!response) co_return std::unexpected(response.error());
  co_return from_api(response->container());
}

Reply<void> create_container(ChannelPtr channel, Container container, Deadline deadline) {
  const Method method{kCreate, container.id};
  const Result<api::Container> record = to_api(container);
  if (!record) co_return context(method.describe(), record.error());
  api::CreateContainerRequest request;
  *request.mutable_container() = *record;
  auto call = unary_done<api::CreateContainerResponse>(channel, method, request, deadline);
  co_return co_await call;
}

Reply<void> delete_container(ChannelPtr channel, std::string id, Deadline deadline) {
  api::DeleteContainerRequest request;
  request.set_id(id);
  return unary_done<google::protobuf::Empty>(channel, {kDelete, id}, request, deadline);
}

}  // namespace ros::containerd
