// containerd.services.leases.v1
#include <services/leases/v1/leases.pb.h>

#include "containerd/services.h"

namespace ros::containerd {
namespace {

namespace api = ::containerd::services::leases::v1;

constexpr std::string_view kCreate = "/containerd.services.leases.v1.Leases/Create";
constexpr std::string_view kDelete = "/containerd.services.leases.v1.Leases/Delete";

}  // namespace

Reply<std::string> create_lease(ChannelPtr channel, std::string id, Deadline deadline) {
  api::CreateRequest request;
  request.set_id(id);
  const Method method{kCreate, id};
  auto call = unary<api::CreateResponse>(channel, method, request, deadline);
  const Result<api::CreateResponse> response = co_await call;
  if (!response) co_return std::unexpected(response.error());
  co_return response->lease().id();
}

Reply<void> delete_lease(ChannelPtr channel, std::string id, Deadline deadline) {
  api::DeleteRequest request;
  request.set_id(id);
  return unary_done<google::protobuf::Empty>(channel, {kDelete, id}, request, deadline);
}

}  // namespace ros::containerd
