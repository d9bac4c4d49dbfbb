// Client: containerd's gRPC API (containerd.services.*.v1, containerd API module) over its unix
// socket.
//
// One HTTP/2 connection (nghttp2) driven by the caller's event loop; every call has a deadline and
// fails with ETIMEDOUT when it passes, ECONNREFUSED when no daemon answers on the socket, ECANCELED
// when the connection goes during the call, ENOENT for grpc NOT_FOUND, EEXIST for ALREADY_EXISTS,
// EBUSY for FAILED_PRECONDITION (grpc_wire.cc has the whole table), EPROTO for what can't be
// decoded. Errors name the call:
//   containerd: containers.Create 'docker.3': already exists
// Destroying an awaiting Task cancels its call; destroying the Client ends all calls.
// The client reconnects on the next call after the daemon went away; it never retries a call
// itself.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sys/event_loop.h"
#include "sys/mount.h"
#include "sys/task.h"

namespace ros::containerd {

struct Container {
  std::string id;
  std::map<std::string, std::string> labels;
  std::string image;
  std::string snapshotter;  // "" = none: rootfs mounts are given at task creation
  std::string snapshot_key;
  std::string spec_json;    // OCI runtime specification
  std::string shim_group;   // kept as the annotation io.containerd.runc.v2.group of the spec
  std::string shim_cgroup;  // runtime option ShimCgroup; "" = the daemon's
};

enum class TaskStatus { kUnknown, kCreated, kRunning, kStopped, kPaused, kPausing };

struct TaskInfo {
  std::string container_id;
  std::uint32_t pid = 0;
  TaskStatus status = TaskStatus::kUnknown;
  std::uint32_t exit_code = 0;
};

struct NewTask {
  std::string container_id;
  std::vector<sys::Mount> rootfs;
  // FIFOs; the outputs are both given or both "" (nowhere).
  std::string stdin_path, stdout_path, stderr_path;
  bool terminal = false;
};

struct TaskExit {
  std::uint32_t code = 0;  // 128 + n for signal n
};

// The subset of containerd's event topics that matter here, decoded.
// A shim that exits right after Delete may lose its /tasks/delete.
struct Event {
  std::string topic;         // "/tasks/exit", ...
  std::string container_id;  // "" when the topic has none
  std::uint32_t pid = 0;
  std::uint32_t exit_code = 0;
  std::string exec_id;  // of /tasks/exit: equals container_id or "" for the init process
};

struct Image {
  std::string name;
  std::string target_digest;
  std::string media_type;
};

class EventStream {
 public:
  EventStream() = default;
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;
  virtual ~EventStream() = default;  // ends the subscription
};

class Client {
 public:
  Client() = default;
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  virtual ~Client() = default;

  using Deadline = sys::Millis;  // from the start of the call

  virtual sys::Task<Result<std::string>> version(Deadline deadline) = 0;

  virtual sys::Task<Result<std::vector<Container>>> list_containers(std::string filter,
                                                                    Deadline deadline) = 0;
  virtual sys::Task<Result<void>> create_container(Container container, Deadline deadline) = 0;
  virtual sys::Task<Result<void>> delete_container(std::string id, Deadline deadline) = 0;

  virtual sys::Task<Result<std::uint32_t>> create_task(NewTask task, Deadline deadline) = 0;
  virtual sys::Task<Result<void>> start_task(std::string container_id, Deadline deadline) = 0;
  // Sends `signal` to the init process, or with `all` to every process of the task.
  virtual sys::Task<Result<void>> kill_task(std::string container_id, int signal, bool all,
                                            Deadline deadline) = 0;
  // Resolves when the task ends; a deadline of zero waits without limit.
  virtual sys::Task<Result<TaskExit>> wait_task(std::string container_id, Deadline deadline) = 0;
  // Removes an ended task and its shim.
  virtual sys::Task<Result<TaskExit>> delete_task(std::string container_id, Deadline deadline) = 0;
  virtual sys::Task<Result<std::vector<TaskInfo>>> list_tasks(Deadline deadline) = 0;
  // Runs argv in the container with its environment and user, without input or output, and
  // resolves with its exit code. At the deadline the process is killed; when the awaiting Task is
  // destroyed it is left to end by itself, and `exec_id` stays taken until the task is deleted.
  virtual sys::Task<Result<TaskExit>> exec(std::string container_id, std::string exec_id,
                                           std::vector<std::string> argv, Deadline deadline) = 0;

  // `on_event` runs for every event of the client's namespace until the stream object is destroyed;
  // `on_end` once when the daemon ends it (then events were lost: list again).
  // Resolves when the daemon has accepted the subscription.
  virtual sys::Task<Result<std::unique_ptr<EventStream>>> subscribe(
      std::function<void(const Event&)> on_event, std::function<void(Error)> on_end,
      Deadline deadline) = 0;

  virtual sys::Task<Result<std::vector<Image>>> list_images(Deadline deadline) = 0;
  virtual sys::Task<Result<void>> delete_image(std::string name, Deadline deadline) = 0;
  // Transfer service: registry -> image store, unpacked for the overlayfs snapshotter. A daemon
  // that can't unpack skips that part silently: content_labels() of the configuration tells.
  virtual sys::Task<Result<Image>> pull(std::string reference, bool plain_http,
                                        Deadline deadline) = 0;
  // The blob with this digest from the content store; an error when larger than `limit` bytes.
  virtual sys::Task<Result<std::string>> read_content(std::string digest, std::size_t limit,
                                                      Deadline deadline) = 0;
  // Labels of the blob with this digest. An unpacked image's configuration has its chain id as
  // "containerd.io/gc.ref.snapshot.overlayfs".
  virtual sys::Task<Result<std::map<std::string, std::string>>> content_labels(
      std::string digest, Deadline deadline) = 0;

  // A writable snapshot `key` over the unpacked image's chain id; gives its mounts. It stays until
  // remove_snapshot().
  virtual sys::Task<Result<std::vector<sys::Mount>>> prepare_snapshot(std::string key,
                                                                      std::string parent,
                                                                      Deadline deadline) = 0;
  virtual sys::Task<Result<std::vector<sys::Mount>>> snapshot_mounts(std::string key,
                                                                     Deadline deadline) = 0;
  virtual sys::Task<Result<void>> remove_snapshot(std::string key, Deadline deadline) = 0;
  // Keys of the snapshots that prepare_snapshot() has made.
  virtual sys::Task<Result<std::vector<std::string>>> list_snapshots(Deadline deadline) = 0;

  virtual sys::Task<Result<std::string>> create_lease(std::string id, Deadline deadline) = 0;
  virtual sys::Task<Result<void>> delete_lease(std::string id, Deadline deadline) = 0;
};

inline constexpr auto kNamespace = "system";  // of the services' containers

struct ClientOptions {
  std::string socket = "/run/system-containerd/containerd.sock";
  std::string name_space = kNamespace;  // metadata "containerd-namespace"
  // Metadata "containerd-lease": what calls of this client make is kept from the garbage collector
  // as long as this lease exists. "" = none.
  std::string lease = "";
  // Directory of hosts.toml files that say how registries are reached. "" = none.
  std::string registries = "";
};

[[nodiscard]] std::unique_ptr<Client> connect(sys::EventLoop& loop, ClientOptions options);

}  // namespace ros::containerd
