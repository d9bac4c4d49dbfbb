// What a service in trouble said last: its reason is often only "exited with status 1".
#pragma once

#include <string>

#include "control/protocol.h"

namespace ros::manager {

// It has failed, or is started again and again.
[[nodiscard]] bool in_trouble(const control::ServiceRow& row);

// Adds the last line of its log to the reason of each such service. Blocks: for the background.
void add_last_words(control::ServiceRows& rows, const std::string& logs);

}  // namespace ros::manager
