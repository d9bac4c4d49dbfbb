// `ros manager`: brings the machine up and keeps its services. May be killed at any time: PID 1
// starts it again and it takes over what runs.
#pragma once

namespace ros::manager {

// Runs until the machine goes down. Exit status 0 after an orderly end, 1 when it can't even begin.
int main();

}  // namespace ros::manager
