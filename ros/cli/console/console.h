// `ros console`: first process of the console service. Keeps a login on each terminal and sshd
// running until SIGTERM, and runs the user's commands (user_commands.h).
//
// The service is ready when sshd listens: sshd says so itself (sd_notify); where there is none or
// it does not start, this process does, as the terminals are there.
#pragma once

namespace ros::cli {

int console_main();

}  // namespace ros::cli
