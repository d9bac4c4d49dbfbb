// `ros service logs` and `ros logs`: the last lines of logs, and new ones as they come.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "control/protocol.h"
#include "control/server.h"
#include "logd/reader.h"
#include "sys/background.h"
#include "sys/event_loop.h"

namespace ros::manager {

// Answers with what the background finds, and with `follow` until the client goes. Without a name
// in the request: the files of the system log and the output of `services`, in the order of their
// times, lines of services with "NAME_1 | " in front. `directory` has the logs of services. `loop`
// and `background` must outlive the reply.
void answer_logs(sys::EventLoop& loop, sys::Background& background,
                 const control::ServiceLogs& request, const std::vector<std::string>& services,
                 std::shared_ptr<control::Reply> reply,
                 const std::string& directory = logd::kLogDirectory);

}  // namespace ros::manager
