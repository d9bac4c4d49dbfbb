#include "containerd/client.h"

#include <google/protobuf/stubs/logging.h>
#include <services/version/v1/version.pb.h>

#include "containerd/services.h"

namespace ros::containerd {

Reply<std::string> get_version(ChannelPtr channel, Deadline deadline) {
  const Method method{"/containerd.services.version.v1.Version/Version", ""};
  const google::protobuf::Empty request;
  using Response = ::containerd::services::version::v1::VersionResponse;
  auto call = unary<Response>(channel, method, request, deadline);
  const Result<Response> response = co_await call;
  if (!response) co_return std::unexpected(response.error());
  co_return response->version();
}

namespace {

class GrpcClient final : public Client {
 public:
  GrpcClient(sys::EventLoop& loop, ClientOptions options)
      : channel_(std::make_shared<Channel>(loop, std::move(options))) {}
  ~GrpcClient() override { channel_->close(); }

  Reply<std::string> version(Deadline deadline) override { return get_version(channel_, deadline); }

  Reply<std::vector<Container>> list_containers(std::string filter, Deadline deadline) override {
    return containerd::list_containers(channel_, std::move(filter), deadline);
  }
  Reply<void> create_container(Container container, Deadline deadline) override {
    return containerd::create_container(channel_, std::move(container), deadline);
  }
  Reply<void> delete_container(std::string id, Deadline deadline) override {
    return containerd::delete_container(channel_, std::move(id), deadline);
  }

  Reply<std::uint32_t> create_task(NewTask task, Deadline deadline) override {
    return containerd::create_task(channel_, std::move(task), deadline);
  }
  Reply<void> start_task(std::string container_id, Deadline deadline) override {
    return containerd::start_task(channel_, std::move(container_id), deadline);
  }
  Reply<void> kill_task(std::string container_id, int signal, bool all,
                        Deadline deadline) override {
    return containerd::kill_task(channel_, std::move(container_id), signal, all, deadline);
  }
  Reply<TaskExit> wait_task(std::string container_id, Deadline deadline) override {
    return containerd::wait_task(channel_, std::move(container_id), deadline);
  }
  Reply<TaskExit> delete_task(std::string container_id, Deadline deadline) override {
    return containerd::delete_task(channel_, std::move(container_id), deadline);
  }
  Reply<std::vector<TaskInfo>> list_tasks(Deadline deadline) override {
    return containerd::list_tasks(channel_, deadline);
  }
  Reply<TaskExit> exec(std::string container_id, std::string exec_id, std::vector<std::string> argv,
                       Deadline deadline) override {
    return exec_in_task(channel_, std::move(container_id), std::move(exec_id), std::move(argv),
                        deadline);
  }

  Reply<std::unique_ptr<EventStream>> subscribe(std::function<void(const Event&)> on_event,
                                                std::function<void(Error)> on_end,
                                                Deadline deadline) override {
    return containerd::subscribe(channel_, std::move(on_event), std::move(on_end), deadline);
  }

  Reply<std::vector<Image>> list_images(Deadline deadline) override {
    return containerd::list_images(channel_, deadline);
  }
  Reply<void> delete_image(std::string name, Deadline deadline) override {
    return containerd::delete_image(channel_, std::move(name), deadline);
  }
  Reply<Image> pull(std::string reference, bool plain_http, Deadline deadline) override {
    return pull_image(channel_, std::move(reference), plain_http, deadline);
  }
  Reply<std::string> read_content(std::string digest, std::size_t limit,
                                  Deadline deadline) override {
    return containerd::read_content(channel_, std::move(digest), limit, deadline);
  }
  Reply<std::map<std::string, std::string>> content_labels(std::string digest,
                                                           Deadline deadline) override {
    return containerd::content_labels(channel_, std::move(digest), deadline);
  }

  Reply<std::vector<sys::Mount>> prepare_snapshot(std::string key, std::string parent,
                                                  Deadline deadline) override {
    return containerd::prepare_snapshot(channel_, std::move(key), std::move(parent), deadline);
  }
  Reply<std::vector<sys::Mount>> snapshot_mounts(std::string key, Deadline deadline) override {
    return containerd::snapshot_mounts(channel_, std::move(key), deadline);
  }
  Reply<void> remove_snapshot(std::string key, Deadline deadline) override {
    return containerd::remove_snapshot(channel_, std::move(key), deadline);
  }

  Reply<std::vector<std::string>> list_snapshots(Deadline deadline) override {
    return containerd::list_snapshots(channel_, deadline);
  }

  Reply<std::string> create_lease(std::string id, Deadline deadline) override {
    return containerd::create_lease(channel_, std::move(id), deadline);
  }
  Reply<void> delete_lease(std::string id, Deadline deadline) override {
    return containerd::delete_lease(channel_, std::move(id), deadline);
  }

 private:
  ChannelPtr channel_;
};

}  // namespace

std::unique_ptr<Client> connect(sys::EventLoop& loop, ClientOptions options) {
  // What can't be decoded is reported by the call; the library would write to standard error too.
  google::protobuf::SetLogHandler(nullptr);
  return std::make_unique<GrpcClient>(loop, std::move(options));
}

}  // namespace ros::containerd
