#include "host/layers.h"

#include <strings.h>

#include <optional>

#include "config/yaml.h"
#include "host/problems.h"
#include "sys/block.h"

namespace ros::host {
namespace {

constexpr auto kDiscMount = "/run/ros/nocloud";

struct Disc {
  std::string device;
  std::string type;
};

// The label's case does not count, as with other readers of such discs.
std::optional<Disc> find_disc(const std::string& label, const sys::Files& files) {
  for (const auto& device : sys::list_block_devices(files)) {
    const auto content = sys::probe(files, device.path());
    if (content && strcasecmp(content->label.c_str(), label.c_str()) == 0)
      return Disc{device.path(), content->type};
  }
  return {};
}

// What the meta-data says in terms of a cloud-config: the lowest layer, the user's words win.
config::Layer from_meta_data(const std::string& name, const std::string& text) {
  const auto parsed = config::parse_yaml(text, {name, 1, 1});
  const auto* const hostname = config::find(parsed.root, "local-hostname");
  config::Node root = config::Node::map();
  if (hostname != nullptr && hostname->is_scalar()) root.set("hostname", *hostname);
  return {name, config::to_yaml(root)};
}

void read_disc(const std::string& label, const sys::Files& files, sys::Mounter& mounter,
               std::vector<config::Layer>& layers, Problems& problems) {
  (void)mounter.unmount(kDiscMount, true);  // a manager that was killed has left it
  const auto disc = find_disc(label, files);
  if (!disc) return;
  const auto made = files.make_directories(kDiscMount, 0700);
  const auto mounted =
      made ? mounter.mount(
                 {disc->device, kDiscMount, disc->type, {"ro", "nosuid", "nodev", "noexec"}})
           : made;
  problems.add(mounted);
  if (!mounted) return;
  for (const std::string name : {"meta-data", "user-data"}) {
    const auto text = files.read(std::string(kDiscMount) + "/" + name);
    const std::string layer_name = label + "/" + name;
    if (text && name == "meta-data")
      layers.push_back(from_meta_data(layer_name, *text));
    else if (text)
      layers.push_back({layer_name, *text});
    else if (text.error().code != ENOENT)
      problems.add(text.error());
  }
  problems.add(mounter.unmount(kDiscMount, false));
}

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

Layers read_layers(const plan::ReadConfig& action, std::vector<config::Layer> disc,
                   const sys::Files& files, sys::Mounter& mounter) {
  Layers result{.layers = std::move(disc), .problem = {}};
  Problems problems;
  if (!action.disc_label.empty())
    read_disc(action.disc_label, files, mounter, result.layers, problems);
  for (const auto& path : action.files) read_path(path, files, result.layers, problems);
  if (action.files.empty()) return {std::move(result.layers), problems.result()};
  // Below the user's own files, which may change parts of their services.
  std::vector<config::Layer> services;
  const auto command_line = files.read("/proc/cmdline").value_or("");
  for (const auto& path : config::included_services(result.layers, command_line)) {
    const auto text = files.read(path);
    if (text)
      services.push_back({.name = path, .text = *text, .services = true});
    else
      problems.add(text.error());
  }
  result.layers.insert(result.layers.begin(), services.begin(), services.end());
  result.problem = problems.result();
  return result;
}

}  // namespace ros::host
