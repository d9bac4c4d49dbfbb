// The top of the cgroup tree: /init holds the children of process 1, /system the services, /user
// docker's containers and logins.
#pragma once

#include "sys/files.h"

namespace ros::pid1 {

// Makes the three and hands every controller the kernel has down to them and to what is below
// /system and /user. Failures are logged.
void make_cgroups(const sys::Files& files);

}  // namespace ros::pid1
