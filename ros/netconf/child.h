// Child: one process of a program that reads what it is to do from a file. It is reaped by whoever
// handles SIGCHLD.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "base/result.h"
#include "sys/files.h"

namespace ros::netconf {

class Child {
 public:
  // `files` must outlive the object. The program is told the path by `argv`.
  Child(const sys::Files& files, std::string path, std::vector<std::string> argv)
      : files_(files), path_(std::move(path)), argv_(std::move(argv)) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Writes the file and starts the program, of which none may run.
  [[nodiscard]] Result<void> start(const std::string& text);

  [[nodiscard]] bool running() const { return pid_ != 0; }
  void kill(int signal) const;  // while it runs

  // Whether it was this child that has been reaped; it no longer runs then.
  [[nodiscard]] bool ended(pid_t pid);

 private:
  const sys::Files& files_;
  std::string path_;
  std::vector<std::string> argv_;
  pid_t pid_ = 0;
};

}  // namespace ros::netconf
