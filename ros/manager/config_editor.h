// ConfigEditor: `ros config set` and `merge`. The user's cloud-config is changed as a whole or not
// at all, is on the disk when the answer goes out, and is then in effect.
#pragma once

#include <functional>
#include <mutex>

#include "config/load.h"
#include "manager/boot.h"
#include "sys/background.h"
#include "sys/files.h"

namespace ros::manager {

class ConfigEditor {
 public:
  // Text of the file -> its new text.
  using Change = std::function<Result<std::string>(const config::Layer& file)>;
  using Done = std::function<void(Result<void>)>;

  // All must outlive the object.
  ConfigEditor(sys::Background& background, const sys::Files& files, Boot& boot)
      : background_(background), files_(files), boot_(boot) {}

  void edit(Change change, Done done);

 private:
  [[nodiscard]] Result<void> write(const Change& change);

  sys::Background& background_;
  const sys::Files& files_;
  Boot& boot_;
  std::mutex mutex_;  // one change at a time
};

}  // namespace ros::manager
