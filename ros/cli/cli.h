// `ros ...` and the power commands: thin clients of the control socket.
#pragma once

namespace ros::cli {

// argv[0] is the applet's name: "ros", or "poweroff", "reboot", "halt". Exit status: 0, 1 for a
// refused request or a failed service, 2 for wrong usage, 3 when the manager can't be reached.
int main(int argc, char** argv);
int power_main(int argc, char** argv);

}  // namespace ros::cli
