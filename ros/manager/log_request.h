// `ros service logs`: the last lines of a service's log, and new ones as they come.
#pragma once

#include <memory>

#include "control/protocol.h"
#include "control/server.h"
#include "sys/event_loop.h"

namespace ros::manager {

// Answers at once, or with `follow` until the client goes.
void answer_logs(sys::EventLoop& loop, const control::ServiceLogs& request,
                 std::shared_ptr<control::Reply> reply);

}  // namespace ros::manager
