// containerd.services.events.v1 Subscribe.
//
// The daemon does not say when a subscription is in effect: it answers with the first event, and
// has no replay. So a mark of our own is published, again and again, until it comes back.
#include <google/protobuf/empty.pb.h>
#include <services/events/v1/events.pb.h>

#include <fmt/format.h>

#include "containerd/decode.h"
#include "containerd/services.h"

namespace ros::containerd {
namespace {

namespace api = ::containerd::services::events::v1;

constexpr std::string_view kSubscribe = "/containerd.services.events.v1.Events/Subscribe";
constexpr std::string_view kPublish = "/containerd.services.events.v1.Events/Publish";
constexpr std::string_view kMarkTopic = "/ros/mark/";
constexpr sys::Millis kMarkInterval{20};

class Subscription final : public EventStream {
 public:
  Subscription(ChannelPtr channel, std::function<void(const Event&)> on_event,
               std::function<void(Error)> on_end)
      : channel_(std::move(channel)),
        on_event_(std::move(on_event)),
        on_end_(std::move(on_end)),
        mark_(fmt::format("{}{:x}", kMarkTopic, reinterpret_cast<std::uintptr_t>(this))) {}
  ~Subscription() override { stop_timers(); }

  void begin(Deadline deadline) {
    api::SubscribeRequest request;
    request.add_filters(fmt::format("namespace=={},topic~=\"^/(tasks|containers|ros/mark)/\"",
                                    channel_->options().name_space));
    events_ = std::make_unique<Call>(
        channel_, Method{kSubscribe, ""}, request.SerializeAsString(), Deadline(0),
        Call::Handlers{[this](const std::string& message) { on_message(message); },
                       [this](const Result<void>& end) { on_end(end); }});
    if (deadline > Deadline(0)) {
      limit_ = channel_->loop().after(deadline, [this] {
        limit_ = 0;
        settle(std::unexpected(
            Error{ETIMEDOUT, Method{kSubscribe, ""}.describe() + ": deadline exceeded"}));
      });
    }
    publish_mark();
  }

  // Set when the subscription is in effect or has failed.
  [[nodiscard]] sys::Completion<Result<void>>& settled() { return settled_; }

 private:
  void publish_mark() {
    api::PublishRequest request;
    request.set_topic(mark_);
    request.mutable_event()->set_type_url("google.protobuf.Empty");
    publish_ = std::make_unique<Call>(channel_, Method{kPublish, mark_},
                                      request.SerializeAsString(), Deadline(0),
                                      Call::Handlers{[](const std::string&) {},
                                                     [this](const Result<void>& end) {
                                                       if (!end) settle(end);
                                                     }});
    timer_ = channel_->loop().after(kMarkInterval, [this] {
      timer_ = 0;
      publish_mark();
    });
  }

  void stop_timers() {
    if (timer_ != 0) channel_->loop().cancel(std::exchange(timer_, 0));
    if (limit_ != 0) channel_->loop().cancel(std::exchange(limit_, 0));
  }

  void settle(Result<void> result) {
    stop_timers();
    settled_.set(std::move(result));
  }

  void on_message(const std::string& message) {
    const Result<Event> event = decode_event(message);
    if (!event) return on_end(std::unexpected(event.error()));
    if (event->topic == mark_) return settle({});
    // Other subscribers' marks pass here too.
    if (!event->topic.starts_with(kMarkTopic)) on_event_(*event);
  }

  void on_end(const Result<void>& end) {
    Error error = end ? Error{ECANCELED, "containerd: event stream ended"} : end.error();
    if (!settled_.is_set()) return settle(std::unexpected(std::move(error)));
    if (on_end_) std::exchange(on_end_, nullptr)(std::move(error));
  }

  ChannelPtr channel_;
  std::function<void(const Event&)> on_event_;
  std::function<void(Error)> on_end_;
  std::string mark_;
  sys::Completion<Result<void>> settled_;
  sys::TimerId timer_ = 0;
  sys::TimerId limit_ = 0;
  std::unique_ptr<Call> publish_;
  std::unique_ptr<Call> events_;
};

}  // namespace

Reply<std::unique_ptr<EventStream>> subscribe(ChannelPtr channel,
                                              std::function<void(const Event&)> on_event,
                                              std::function<void(Error)> on_end,
                                              Deadline deadline) {
  auto subscription =
      std::make_unique<Subscription>(channel, std::move(on_event), std::move(on_end));
  subscription->begin(deadline);
  auto& settling = subscription->settled();
  const Result<void> settled = co_await settling;
  if (!settled) co_return std::unexpected(settled.error());
  co_return std::unique_ptr<EventStream>(std::move(subscription));
}

}  // namespace ros::containerd
