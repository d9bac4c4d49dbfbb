#include "host/last_good.h"

#include <algorithm>
#include <utility>

namespace ros::host {
namespace {

std::string path_of(const config::Layer& layer) {
  std::string name = layer.name;
  std::ranges::replace(name, '/', '%');
  return std::string(kLastGoodDirectory) + "/" + name;
}

}  // namespace

void use_last_good(std::vector<config::Layer>& layers, const sys::Files& files,
                   Problems& problems) {
  for (auto& layer : layers) {
    const auto path = path_of(layer);
    auto kept = files.read(path);
    if (config::is_whole(layer)) {
      if (kept && *kept == layer.text) continue;
      problems.add(files.make_directories(kLastGoodDirectory, 0700));
      problems.add(files.write_atomic(path, layer.text, 0600));
    } else if (kept) {
      layer.broken = std::exchange(layer.text, *std::move(kept));
    }
  }
}

}  // namespace ros::host
