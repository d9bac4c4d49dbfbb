// containerd.services.content.v1
#include <services/content/v1/content.pb.h>

#include <fmt/format.h>

#include "containerd/services.h"

namespace ros::containerd {
namespace {

namespace api = ::containerd::services::content::v1;

constexpr std::string_view kRead = "/containerd.services.content.v1.Content/Read";
constexpr std::string_view kInfo = "/containerd.services.content.v1.Content/Info";

// Collects the pieces of one blob.
class Reader {
 public:
  Reader(const ChannelPtr& channel, Method method, const std::string& request, std::size_t limit,
         Deadline deadline)
      : method_(std::move(method)),
        limit_(limit),
        call_(std::make_unique<Call>(
            channel, method_, request, deadline,
            Call::Handlers{[this](const std::string& message) { on_message(message); },
                           [this](const Result<void>& end) { on_end(end); }})) {}

  [[nodiscard]] sys::Completion<Result<std::string>>& done() { return done_; }

 private:
  void on_message(const std::string& message) {
    api::ReadContentResponse piece;
    if (!piece.ParseFromString(message)) return end(EPROTO, "response can't be decoded");
    if (piece.offset() != static_cast<std::int64_t>(content_.size()))
      return end(EPROTO, "pieces out of order");
    if (piece.data().size() > limit_ - content_.size())
      return end(EFBIG, fmt::format("larger than {} bytes", limit_));
    content_ += piece.data();
  }

  void on_end(const Result<void>& result) {
    if (!result) return done_.set(std::unexpected(result.error()));
    done_.set(std::move(content_));
  }

  void end(int code, std::string_view why) {
    call_.reset();
    done_.set(std::unexpected(Error{code, fmt::format("{}: {}", method_.describe(), why)}));
  }

  Method method_;
  std::size_t limit_;
  std::string content_;
  sys::Completion<Result<std::string>> done_;
  std::unique_ptr<Call> call_;
};

}  // namespace

Reply<std::string> read_content(ChannelPtr channel, std::string digest, std::size_t limit,
                                Deadline deadline) {
  api::ReadContentRequest request;
  request.set_digest(digest);
  const std::string bytes = request.SerializeAsString();
  const Method method{kRead, digest};
  Reader reader(channel, method, bytes, limit, deadline);
  auto& done = reader.done();
  co_return co_await done;
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
