// containerd.services.images.v1.
#include <services/images/v1/images.pb.h>

#include "containerd/services.h"

namespace ros::containerd {
namespace {

namespace api = ::containerd::services::images::v1;

constexpr std::string_view kGet = "/containerd.services.images.v1.Images/Get";
constexpr std::string_view kList = "/containerd.services.images.v1.Images/List";
constexpr std::string_view kDelete = "/containerd.services.images.v1.Images/Delete";

Image from_api(const api::Image& from) {
  return {from.name(), from.target().digest(), from.target().media_type()};
}

}  // namespace

Reply<std::vector<Image>> list_images(ChannelPtr channel, Deadline deadline) {
  const api::ListImagesRequest request;
  const Method method{kList, ""};
  auto call = unary<api::ListImagesResponse>(channel, method, request, deadline);
  const Result<api::ListImagesResponse> response = co_await call;
  if (!response) co_return std::unexpected(response.error());
  std::vector<Image> images;
  for (const auto& image : response->images()) images.push_back(from_api(image));
  co_return images;
}

Reply<Image> get_image(ChannelPtr channel, std::string name, Deadline deadline) {
  api::GetImageRequest request;
  request.set_name(name);
  const Method method{kGet, name};
  auto call = unary<api::GetImageResponse>(channel, method, request, deadline);
  const Result<api::GetImageResponse> response = co_await call;
  if (!response) co_return std::unexpected(response.error());
  co_return from_api(response->image());
}

Reply<void> delete_image(ChannelPtr channel, std::string name, Deadline deadline) {
  api::DeleteImageRequest request;
  request.set_name(name);
  return unary_done<google::protobuf::Empty>(channel, {kDelete, name}, request, deadline);
}

}  // namespace ros::containerd
