// An extra process in a running task: tasks.v1 Exec, Wait, Start, DeleteProcess.
#include <services/tasks/v1/tasks.pb.h>

#include <algorithm>
#include <csignal>

#include "containerd/decode.h"
#include "containerd/services.h"

namespace ros::containerd {
namespace {

namespace api = ::containerd::services::tasks::v1;
using google::protobuf::Empty;

constexpr std::string_view kExec = "/containerd.services.tasks.v1.Tasks/Exec";
constexpr std::string_view kStart = "/containerd.services.tasks.v1.Tasks/Start";
constexpr std::string_view kWait = "/containerd.services.tasks.v1.Tasks/Wait";
constexpr std::string_view kKill = "/containerd.services.tasks.v1.Tasks/Kill";
constexpr std::string_view kDelete = "/containerd.services.tasks.v1.Tasks/DeleteProcess";

constexpr sys::Millis kCleanupLimit{5'000};

// The requests differ only in their type.
template <class Request>
Request for_process(const std::string& id, const std::string& exec_id) {
  Request request;
  request.set_container_id(id);
  request.set_exec_id(exec_id);
  return request;
}

Reply<void> add_process(ChannelPtr channel, std::string id, std::string exec_id,
                        std::vector<std::string> argv, Deadline deadline) {
  const sys::Millis begin = channel->loop().now();
  auto record_call = get_container(channel, id, deadline);
  const Result<Container> record = co_await record_call;
  if (!record) co_return std::unexpected(record.error());
  const Method method{kExec, id};
  const Result<std::string> process = exec_process(record->spec_json, argv);
  if (!process) co_return context(method.describe(), process.error());
  auto request = for_process<api::ExecProcessRequest>(id, exec_id);
  request.mutable_spec()->set_type_url(std::string(kProcessType));
  request.mutable_spec()->set_value(*process);
  const Deadline left = left_of(*channel, begin, deadline);
  auto call = unary_done<Empty>(channel, method, request, left);
  co_return co_await call;
}

// Wait is on its way before Start, so that no end is missed.
Reply<TaskExit> run_process(ChannelPtr channel, std::string id, std::string exec_id,
                            Deadline deadline) {
  const std::string wait_bytes = for_process<api::WaitRequest>(id, exec_id).SerializeAsString();
  UnaryCall wait(channel, Method{kWait, id}, wait_bytes, deadline);
  const auto start_request = for_process<api::StartRequest>(id, exec_id);
  const Method start_method{kStart, id};
  auto start = unary_done<api::StartResponse>(channel, start_method, start_request, deadline);
  const Result<void> started = co_await start;
  if (!started) co_return std::unexpected(started.error());
  auto& done = wait.done();
  const Result<std::string> bytes = co_await done;
  const auto response = wait.decode<api::WaitResponse>(bytes);
  if (!response) co_return std::unexpected(response.error());
  co_return TaskExit{response->exit_status()};
}

// A process that may still run, or never ran: errors do not matter, DeleteProcess tells.
Reply<void> end_process(ChannelPtr channel, std::string id, std::string exec_id) {
  auto kill_request = for_process<api::KillRequest>(id, exec_id);
  kill_request.set_signal(SIGKILL);
  const Method kill_method{kKill, id};
  auto kill = unary_done<Empty>(channel, kill_method, kill_request, kCleanupLimit);
  const Result<void> killed = co_await kill;
  if (!killed) co_return std::unexpected(killed.error());
  const auto wait_request = for_process<api::WaitRequest>(id, exec_id);
  const Method wait_method{kWait, id};
  auto wait = unary_done<api::WaitResponse>(channel, wait_method, wait_request, kCleanupLimit);
  co_return co_await wait;
}

}  // namespace

Reply<TaskExit> exec_in_task(ChannelPtr channel, std::string id, std::string exec_id,
                             std::vector<std::string> argv, Deadline deadline) {
  const sys::Millis begin = channel->loop().now();
  auto add = add_process(channel, id, exec_id, argv, deadline);
  const Result<void> added = co_await add;
  if (!added) co_return std::unexpected(added.error());

  const Deadline left = left_of(*channel, begin, deadline);
  auto run = run_process(channel, id, exec_id, left);
  const Result<TaskExit> exit = co_await run;
  if (!exit) {
    auto end = end_process(channel, id, exec_id);
    (void)co_await end;
  }
  const auto delete_request = for_process<api::DeleteProcessRequest>(id, exec_id);
  const Method delete_method{kDelete, id};
  auto remove =
      unary_done<api::DeleteResponse>(channel, delete_method, delete_request, kCleanupLimit);
  const Result<void> removed = co_await remove;
  if (exit && !removed) co_return std::unexpected(removed.error());
  co_return exit;
}

}  // namespace ros::containerd
