#include "manager/config_editor.h"

#include "plan/tables.h"

namespace ros::manager {

void ConfigEditor::edit(Change change, Done done) {
  background_.run([this, change = std::move(change)] { return write(change); },
                  [this, done = std::move(done)](Result<void> written) {
                    if (!written) return done(std::move(written));
                    boot_.reload(done);
                  });
}

Result<void> ConfigEditor::write(const Change& change) {
  const std::lock_guard lock(mutex_);
  const std::string path(plan::kConfigFile);
  const auto text = files_.read(path);
  if (!text && text.error().code != ENOENT) return std::unexpected(text.error());
  const auto changed = change({path, text.value_or("")});
  if (!changed) return std::unexpected(changed.error());
  return files_.write_atomic(path, *changed, 0600);  // it may hold secrets
}

}  // namespace ros::manager
