// `ros logd`: brings the output of all services from their FIFOs into /var/log/services.
//
// May be killed and started again at any time: nothing is lost, repeated or reordered (spool.h), no
// service waits (collector.h). SIGTERM: what has been written by then is brought to the disk.
#pragma once

namespace ros::logd {

// argv[0] is the applet's name. Gives the exit status: 0 after SIGTERM, 1 when it can't work, 2 for
// wrong arguments.
int run(int argc, char** argv);

}  // namespace ros::logd
