// A directory of FIFOs, spools and logs, and a Collector on it, for the tests of the room.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/text.h"
#include "fakes/temp_root.h"
#include "logd/collector.h"
#include "logd/fifo.h"

namespace ros::logd {

struct Harness {
  Harness() {
    options.fifos = root.path() + "/run/ros/logs";
    options.spools = options.fifos + "/spool";
    options.logs = root.path() + "/var/log/services";
  }

  void start() { collector = Collector::create(*loop, options).value(); }
  void kill() { collector.reset(); }

  // Runs the loop until `holds`, at most ten seconds.
  [[nodiscard]] bool wait(const std::function<bool()>& holds) {
    const auto end = loop->now() + sys::Millis(10'000);
    bool held = false;
    const std::function<void()> look = [&] {
      held = holds();
      if (held || loop->now() > end) return loop->stop();
      loop->after(sys::Millis(2), look);
    };
    look();
    EXPECT_TRUE(held || loop->run().has_value());
    return held;
  }

  static void write(int fd, const std::string& text) {
    ASSERT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }

  // What the log says, without the times.
  [[nodiscard]] std::vector<std::string> lines(const std::string& service, int index = 0) const {
    const auto path = log_path("/var/log/services", service, index);
    std::vector<std::string> texts;
    for (const auto& line : split(root.read(path), '\n')) {
      const auto parsed = parse_line(line);
      if (parsed) texts.push_back(parsed->tag + (" " + std::string(parsed->text)));
    }
    return texts;
  }

  fakes::TempRoot root;
  CollectorOptions options;
  std::unique_ptr<sys::EventLoop> loop = sys::EventLoop::create().value();
  std::unique_ptr<Collector> collector;
};

}  // namespace ros::logd
