#include "manager/config_editor.h"

#include <algorithm>

#include "base/log.h"
#include "plan/tables.h"

namespace ros::manager {
namespace {

constexpr sys::Millis kWriteLimit{30'000};  // a busy disk is slow, a frozen one does not answer

Result<void> write(const sys::Files& files, const ConfigEditor::Change& change) {
  const std::string path(plan::kConfigFile);
  const auto text = files.read(path);
  if (!text && text.error().code != ENOENT) return std::unexpected(text.error());
  const auto changed = change({path, text.value_or("")});
  if (!changed) return std::unexpected(changed.error());
  return files.write_atomic(path, *changed, 0600);  // it may hold secrets
}

}  // namespace

void ConfigEditor::edit(Change change, Done done) {
  const auto edit = std::make_shared<Edit>(Edit{std::move(change), std::move(done)});
  edit->timer = loop_.after(kWriteLimit, [this, edit] { give_up(edit); });
  edits_.push_back(edit);
  if (edits_.size() == 1) write_next();
}

void ConfigEditor::write_next() {
  if (edits_.empty()) return;
  background_.run([&files = files_, edit = edits_.front()] { return write(files, edit->change); },
                  [this](Result<void> result) {
                    const auto edit = std::move(edits_.front());
                    edits_.pop_front();
                    loop_.cancel(edit->timer);
                    written(*edit, std::move(result));
                    write_next();
                  });
}

// Also after its limit a change is one that counts from now on.
void ConfigEditor::written(Edit& edit, Result<void> result) {
  auto done = std::exchange(edit.done, nullptr);
  if (!done) {
    done = [](const Result<void>& late) {
      if (!late) log(LogLevel::kError, "configuration: " + late.error().message);
    };
  }
  if (!result) return done(std::move(result));
  reload_(std::move(done));
}

void ConfigEditor::give_up(const std::shared_ptr<Edit>& edit) {
  const bool begun = edit == edits_.front();
  const std::string what = "write '" + std::string(plan::kConfigFile) + "'";
  const auto done = std::exchange(edit->done, nullptr);
  if (!begun) std::erase(edits_, edit);
  done(fail_errno(what + (begun ? " (the disk may still take it)" : ""), ETIMEDOUT));
}

}  // namespace ros::manager
