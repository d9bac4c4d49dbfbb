// containerd.services.tasks.v1
#include <services/tasks/v1/tasks.pb.h>

#include "containerd/decode.h"
#include "containerd/mounts.h"
#include "containerd/services.h"

namespace ros::containerd {
namespace {

namespace api = ::containerd::services::tasks::v1;
using google::protobuf::Empty;

constexpr std::string_view kCreate = "/containerd.services.tasks.v1.Tasks/Create";
constexpr std::string_view kStart = "/containerd.services.tasks.v1.Tasks/Start";
constexpr std::string_view kKill = "/containerd.services.tasks.v1.Tasks/Kill";
constexpr std::string_view kWait = "/containerd.services.tasks.v1.Tasks/Wait";
constexpr std::string_view kDelete = "/containerd.services.tasks.v1.Tasks/Delete";
constexpr std::string_view kList = "/containerd.services.tasks.v1.Tasks/List";

TaskStatus from_api(::containerd::v1::types::Status status) {
  switch (status) {
    case ::containerd::v1::types::CREATED:
      return TaskStatus::kCreated;
    case ::containerd::v1::types::RUNNING:
      return TaskStatus::kRunning;
    case ::containerd::v1::types::STOPPED:
      return TaskStatus::kStopped;
    case ::containerd::v1::types::PAUSED:
      return TaskStatus::kPaused;
    case ::containerd::v1::types::PAUSING:
      return TaskStatus::kPausing;
    default:
      return TaskStatus::kUnknown;
  }
}

}  // namespace

Reply<std::uint32_t> create_task(ChannelPtr channel, NewTask task, Deadline deadline) {
  api::CreateTaskRequest request;
  request.set_container_id(task.container_id);
  for (const auto& mount : task.rootfs) to_api(mount, *request.add_rootfs());
  request.set_stdin_path(task.stdin_path);
  request.set_stdout_path(task.stdout_path);
  request.set_stderr_path(task.stderr_path);
  request.set_terminal(task.terminal);
  const Method method{kCreate, task.container_id};
  auto call = unary<api::CreateTaskResponse>(channel, method, request, deadline);
  const Result<api::CreateTaskResponse> response = co_await call;
  if (!response) co_return std::unexpected(response.error());
  co_return response->pid();
}

Reply<void> start_task(ChannelPtr channel, std::string id, Deadline deadline) {
  api::StartRequest request;
  request.set_container_id(id);
  return unary_done<api::StartResponse>(channel, {kStart, id}, request, deadline);
}

Reply<void> kill_task(ChannelPtr channel, std::string id, int signal, bool all, Deadline deadline) {
  api::KillRequest request;
  request.set_container_id(id);
  request.set_signal(static_cast<std::uint32_t>(signal));
  request.set_all(all);
  return unary_done<Empty>(channel, {kKill, id}, request, deadline);
}

Reply<TaskExit> wait_task(ChannelPtr channel, std::string id, Deadline deadline) {
  api::WaitRequest request;
  request.set_container_id(id);
  auto call = unary<api::WaitResponse>(channel, {kWait, id}, request, deadline);
  const Result<api::WaitResponse> response = co_await call;
  if (!response) co_return std::unexpected(response.error());
  co_return TaskExit{response->exit_status()};
}

Reply<TaskExit> delete_task(ChannelPtr channel, std::string id, Deadline deadline) {
  api::DeleteTaskRequest request;
  request.set_container_id(id);
  auto call = unary<api::DeleteResponse>(channel, {kDelete, id}, request, deadline);
  const Result<api::DeleteResponse> response = co_await call;
  if (!response) co_return std::unexpected(response.error());
  co_return TaskExit{response->exit_status()};
}

Reply<std::vector<TaskInfo>> list_tasks(ChannelPtr channel, Deadline deadline) {
  const api::ListTasksRequest request;
  auto call = unary<api::ListTasksResponse>(channel, {kList, ""}, request, deadline);
  const Result<api::ListTasksResponse> response = co_await call;
  if (!response) co_return std::unexpected(response.error());
  std::vector<TaskInfo> tasks;
  // For the init process the daemon gives its container's id in `id`.
  for (const auto& task : response->tasks())
    tasks.push_back({task.id(), task.pid(), from_api(task.status()), task.exit_status()});
  co_return tasks;
}

}  // namespace ros::containerd
