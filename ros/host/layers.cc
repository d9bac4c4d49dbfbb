#include "host/layers.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "host/last_good.h"
#include "host/nocloud.h"
#include "host/problems.h"

namespace ros::host {
namespace {

void read_path(const std::string& path, const sys::Files& files, std::vector<config::Layer>& layers,
               Problems& problems) {
  std::vector<std::string> paths = {path};
  if (const auto names = files.list(path)) {
    paths.clear();
    for (const auto& name : *names)
      if (!name.starts_with('.')) paths.push_back(path + "/" + name);
  }
  for (const auto& file : paths) {
    const auto text = files.read(file);
    if (text)
      layers.push_back({file, *text});
    else if (text.error().code != ENOENT)
      problems.add(text.error());
  }
}

}  // namespace

Layers read_layers(plan::ReadConfig action, std::vector<config::Layer> disc,
                   const sys::Files& files, sys::Mounter& mounter) {
  Problems problems;
  const auto command_line = files.read("/proc/cmdline").value_or("");
  std::vector<config::Layer> own;
  for (const auto& path : action.files) read_path(path, files, own, problems);
  if (const auto said = own.empty() ? std::nullopt : config::load(own, command_line).config.nocloud)
    action.discs = *said ? plan::Discs::kAll : plan::Discs::kNone;
  if (action.discs == plan::Discs::kNone)
    disc.clear();
  else if (!action.disc_label.empty())
    disc = read_nocloud(action, !own.empty(), files, mounter, problems);
  if (action.files.empty()) return {std::move(disc), problems.result()};
  const bool first = own.empty() && action.discs == plan::Discs::kStickAlone;
  for (const auto& layer : disc)
    if (first && layer.medium == config::Medium::kStick) problems.add(keep_layer(layer, files));
  std::ranges::move(own, std::back_inserter(disc));
  use_last_good(disc, files, problems);
  // Below the user's own files, which may change parts of their services.
  std::vector<config::Layer> layers;
  for (const auto& path : config::included_services(disc, command_line)) {
    const auto text = files.read(path);
    if (text)
      layers.push_back({.name = path, .text = *text, .services = true});
    else
      problems.add(text.error());
  }
  use_last_good(layers, files, problems);
  std::ranges::move(disc, std::back_inserter(layers));
  return {std::move(layers), problems.result()};
}

}  // namespace ros::host
