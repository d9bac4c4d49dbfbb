#include "host/layers.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "host/last_good.h"
#include "host/nocloud.h"
#include "host/problems.h"

namespace ros::host {
namespace {

void read_path(const std::string& path, const sys::Files& files, LastGood& last_good,
               std::vector<config::Layer>& layers, Problems& problems) {
  std::vector<std::string> paths = {path};
  if (const auto names = files.list(path)) {
    paths.clear();
    for (const auto& name : *names)
      if (!name.starts_with('.')) paths.push_back(path + "/" + name);
  }
  for (const auto& file : paths) {
    const auto text = files.read(file);
    if (auto layer = last_good.layer(file, text))
      layers.push_back(*std::move(layer));
    else if (text.error().code != ENOENT)
      problems.add(text.error());
  }
}

}  // namespace

Layers read_layers(plan::ReadConfig action, std::vector<config::Layer> disc,
                   const sys::Files& files, sys::Mounter& mounter, bool keep) {
  Problems problems;
  LastGood last_good(files, keep);
  const auto command_line = files.read("/proc/cmdline").value_or("");
  std::vector<config::Layer> own;
  for (const auto& path : action.files) read_path(path, files, last_good, own, problems);
  if (const auto said = own.empty() ? std::nullopt : config::load(own, command_line).config.nocloud)
    action.discs = *said ? plan::Discs::kAll : plan::Discs::kNone;
  if (action.discs == plan::Discs::kNone)
    disc.clear();
  else if (!action.disc_label.empty())
    disc = read_nocloud(action, !own.empty(), files, mounter, problems);
  if (action.files.empty()) return {std::move(disc), problems.result()};
  const bool first = own.empty() && action.discs == plan::Discs::kStickAlone;
  for (const auto& layer : disc)
    if (keep && first && layer.medium == config::Medium::kStick)
      problems.add(keep_layer(layer, files));
  std::ranges::move(own, std::back_inserter(disc));
  // Below the user's own files, which may change parts of their services.
  std::vector<config::Layer> layers;
  for (const auto& path : config::included_services(disc, command_line)) {
    const auto text = files.read(path);
    if (auto layer = last_good.layer(path, text, true))
      layers.push_back(*std::move(layer));
    else
      problems.add(text.error());
  }
  std::ranges::move(disc, std::back_inserter(layers));
  if (problems.result()) last_good.forget_others();
  return {std::move(layers), problems.result()};
}

}  // namespace ros::host
