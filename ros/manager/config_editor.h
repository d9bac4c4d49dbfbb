// ConfigEditor: `ros config set` and `merge`. The user's cloud-config is changed as a whole or not
// at all, is on the disk when the answer goes out, and is then in effect.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "config/load.h"
#include "sys/background.h"
#include "sys/event_loop.h"
#include "sys/files.h"

namespace ros::manager {

class ConfigEditor {
 public:
  // Text of the file -> its new text.
  using Change = std::function<Result<std::string>(const config::Layer& file)>;
  using Done = std::function<void(Result<void>)>;

  using Reload = std::function<void(Done)>;

  // All must outlive the object. `reload` puts in effect what has been written.
  ConfigEditor(sys::EventLoop& loop, sys::Background& background, const sys::Files& files,
               Reload reload)
      : loop_(loop), background_(background), files_(files), reload_(std::move(reload)) {}

  // One change after the other. ETIMEDOUT when the disk has not taken it in time: one that waited
  // for its turn is given up; one that was being written is made when the disk goes on.
  void edit(Change change, Done done);

 private:
  struct Edit {
    Change change;
    Done done;  // empty: answered
    sys::TimerId timer = 0;
  };
  void write_next();
  void written(Edit& edit, Result<void> result);
  void give_up(const std::shared_ptr<Edit>& edit);

  sys::EventLoop& loop_;
  sys::Background& background_;
  const sys::Files& files_;
  Reload reload_;
  std::deque<std::shared_ptr<Edit>> edits_;  // the first one is being written
};

}  // namespace ros::manager
