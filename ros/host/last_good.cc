#include "host/last_good.h"

#include <algorithm>

#include "base/log.h"

namespace ros::host {
namespace {

std::string path_of(const std::string& kept_name) {
  return std::string(kLastGoodDirectory) + "/" + kept_name;
}

// A file has its path as its name, with '%' for each '/'.
std::string kept_name_of(std::string path) {
  std::ranges::replace(path, '/', '%');
  return path;
}

// Why the file's own text does not count; `kept` is the version before it.
std::optional<config::Complaint> problem_of(const config::Layer& layer, const std::string& kept) {
  // As a full disk or a power cut leaves a file behind.
  if (layer.text.empty() && !kept.empty()) return config::Complaint{{layer.name}, "", "is empty"};
  return config::problem_of(layer);
}

// A state that takes nothing more is told of elsewhere, and no reason to fail here.
void warn(const Result<void>& result) {
  if (!result) log(LogLevel::kWarning, result.error().message);
}

}  // namespace

std::optional<config::Layer> LastGood::layer(const std::string& name,
                                             const Result<std::string>& text, bool services) {
  if (!text && text.error().code == ENOENT) return std::nullopt;
  const auto kept_name = kept_name_of(name);
  kept_names_.insert(kept_name);
  const auto kept = files_.read(path_of(kept_name));
  config::Layer layer{.name = name, .text = text.value_or(""), .services = services};
  const auto problem = text ? problem_of(layer, kept.value_or(""))
                            : config::Complaint{{name}, "", text.error().message};
  if (problem && kept) {
    layer.text = *kept;
    layer.problem = problem;
  } else if (!text) {
    return std::nullopt;
  } else if (!problem && keep_ && !(kept && *kept == layer.text)) {
    warn(files_.make_directories(kLastGoodDirectory, 0700));
    warn(files_.write_atomic(path_of(kept_name), layer.text, 0600));
  }
  return layer;
}

void LastGood::forget_others() const {
  if (!keep_) return;
  const auto names = files_.list(kLastGoodDirectory);
  if (!names) return;
  for (const auto& name : *names)
    if (!kept_names_.contains(name)) warn(files_.remove(path_of(name)));
}

}  // namespace ros::host
