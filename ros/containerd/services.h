// The calls of client.h, one file a family of containerd's services. Each maps plain values to the
// service's messages and back. client.h says what they do.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "containerd/call.h"
#include "containerd/client.h"
#include "sys/task.h"

namespace ros::containerd {

using Deadline = Client::Deadline;
template <class T>
using Reply = sys::Task<Result<T>>;

Reply<std::string> get_version(ChannelPtr channel, Deadline deadline);

Reply<std::vector<Container>> list_containers(ChannelPtr channel, std::string filter,
                                              Deadline deadline);
Reply<Container> get_container(ChannelPtr channel, std::string id, Deadline deadline);
Reply<void> create_container(ChannelPtr channel, Container container, Deadline deadline);
Reply<void> delete_container(ChannelPtr channel, std::string id, Deadline deadline);

Reply<std::uint32_t> create_task(ChannelPtr channel, NewTask task, Deadline deadline);
Reply<void> start_task(ChannelPtr channel, std::string id, Deadline deadline);
Reply<void> kill_task(ChannelPtr channel, std::string id, int signal, bool all, Deadline deadline);
Reply<TaskExit> wait_task(ChannelPtr channel, std::string id, Deadline deadline);
Reply<TaskExit> delete_task(ChannelPtr channel, std::string id, Deadline deadline);
Reply<std::vector<TaskInfo>> list_tasks(ChannelPtr channel, Deadline deadline);
Reply<TaskExit> exec_in_task(ChannelPtr channel, std::string id, std::string exec_id,
                             std::vector<std::string> argv, Deadline deadline);

Reply<std::unique_ptr<EventStream>> subscribe(ChannelPtr channel,
                                              std::function<void(const Event&)> on_event,
                                              std::function<void(Error)> on_end, Deadline deadline);

Reply<std::vector<Image>> list_images(ChannelPtr channel, Deadline deadline);
Reply<Image> get_image(ChannelPtr channel, std::string name, Deadline deadline);
Reply<void> delete_image(ChannelPtr channel, std::string name, Deadline deadline);
Reply<Image> pull_image(ChannelPtr channel, std::string reference, bool plain_http,
                        Deadline deadline);

Reply<std::string> read_content(ChannelPtr channel, std::string digest, std::size_t limit,
                                Deadline deadline);
Reply<std::map<std::string, std::string>> content_labels(ChannelPtr channel, std::string digest,
                                                         Deadline deadline);

Reply<std::vector<sys::Mount>> prepare_snapshot(ChannelPtr channel, std::string key,
                                                std::string parent, Deadline deadline);
Reply<std::vector<sys::Mount>> snapshot_mounts(ChannelPtr channel, std::string key,
                                               Deadline deadline);
Reply<void> remove_snapshot(ChannelPtr channel, std::string key, Deadline deadline);
Reply<std::vector<std::string>> list_snapshots(ChannelPtr channel, Deadline deadline);

Reply<std::string> create_lease(ChannelPtr channel, std::string id, Deadline deadline);
Reply<void> delete_lease(ChannelPtr channel, std::string id, Deadline deadline);

}  // namespace ros::containerd
