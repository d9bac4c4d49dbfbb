// containerd.services.content.v1
#include <services/content/v1/content.pb.h>

#include <fmt/format.h>

#include "containerd/collect.h"
#include "containerd/services.h"

namespace ros::containerd {
namespace {

namespace api = ::containerd::services::content::v1;

constexpr std::string_view kRead = "/containerd.services.content.v1.Content/Read";
constexpr std::string_view kInfo = "/containerd.services.content.v1.Content/Info";

}  // namespace

Reply<std::string> read_content(ChannelPtr channel, std::string digest, std::size_t limit,
                                Deadline deadline) {
  api::ReadContentRequest request;
  request.set_digest(digest);
  return collect<api::ReadContentResponse, std::string>(
      std::move(channel), {kRead, std::move(digest)}, std::move(request), deadline,
      [limit](const api::ReadContentResponse& piece, std::string& content) -> Result<void> {
        if (piece.offset() != static_cast<std::int64_t>(content.size()))
          return std::unexpected(Error{EPROTO, "pieces out of order"});
        if (piece.data().size() > limit - content.size())
          return std::unexpected(Error{EFBIG, fmt::format("larger than {} bytes", limit)});
        content += piece.data();
        return {};
      });
}

Reply<std::map<std::string, std::string>> content_labels(ChannelPtr channel, std::string digest,
                                                         Deadline deadline) {
  api::InfoRequest request;
  request.set_digest(digest);
  const Method method{kInfo, digest};
  auto call = unary<api::InfoResponse>(channel, method, request, deadline);
  const Result<api::InfoResponse> response = co_await call;
  if (!response) co_return std::unexpected(response.error());
  const auto& labels = response->info().labels();
  co_return std::map<std::string, std::string>(labels.begin(), labels.end());
}

}  // namespace ros::containerd
