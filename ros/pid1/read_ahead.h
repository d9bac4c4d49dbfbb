// The programs that every boot needs, read into the page cache before they are started.
//
// They lie compressed in the system image. A program that is started from there faults its pages in
// one by one, and the kernel decompresses most clusters several times: `containerd --version` takes
// three times as long as a read of the whole file and a start from memory (docs/performance.md).
// While the engine serves a boot, all but 3 % of its pages are used, so nothing is read in vain.
#pragma once

#include <string>

namespace ros::pid1 {

// Reads them in a process of its own, which process 1 reaps when it ends. `root` is the mounted
// system image. What cannot be read is left to whoever starts it. A machine with 256 MB gains, too:
// pages that nobody uses go first.
void start_read_ahead(const std::string& root);

}  // namespace ros::pid1
