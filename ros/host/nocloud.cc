#include "host/nocloud.h"

#include <strings.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/log.h"
#include "config/yaml.h"
#include "host/state.h"
#include "plan/tables.h"
#include "sys/block.h"

namespace ros::host {
namespace {

constexpr auto kDiscMount = "/run/ros/nocloud";
constexpr std::chrono::seconds kStickLimit{10};

// What NoCloud is on; more kinds of file systems would be more to attack the kernel with.
constexpr auto kDiscTypes = std::to_array<std::string_view>({"iso9660", "vfat"});

struct Disc {
  std::string device;
  std::string type;
  config::Medium medium = config::Medium::kDisc;
};

// Those that belong to the machine come before sticks. The label's case does not count, as with
// other readers of such discs.
std::optional<Disc> find_disc(const std::string& label, const sys::Files& files) {
  std::optional<Disc> stick;
  for (const auto& device : sys::list_block_devices(files)) {
    const auto content = sys::probe(files, device.path());
    if (!content || strcasecmp(content->label.c_str(), label.c_str()) != 0) continue;
    if (std::ranges::find(kDiscTypes, content->type) == kDiscTypes.end()) {
      log(LogLevel::kNotice, "'" + device.path() + "' is labelled " + label + " and left alone: " +
                                 "expected iso9660 or vfat, it holds " + content->type);
      continue;
    }
    if (device.place != sys::Place::kDetachable) return Disc{device.path(), content->type};
    if (!stick) stick = Disc{device.path(), content->type, config::Medium::kStick};
  }
  return stick;
}

// What the meta-data says in terms of a cloud-config: the lowest layer, the user's words win.
config::Layer from_meta_data(const std::string& name, const std::string& text) {
  const auto parsed = config::parse_yaml(text, {name, 1, 1});
  const auto* const hostname = config::find(parsed.root, "local-hostname");
  config::Node root = config::Node::map();
  if (hostname != nullptr && hostname->is_scalar()) root.set("hostname", *hostname);
  return {name, config::to_yaml(root)};
}

std::vector<config::Layer> read_disc(const Disc& disc, const std::string& label,
                                     const sys::Files& files, sys::Mounter& mounter,
                                     Problems& problems) {
  std::vector<config::Layer> layers;
  auto mounted = files.make_directories(kDiscMount, 0700);
  if (mounted)
    mounted =
        mounter.mount({disc.device, kDiscMount, disc.type, {"ro", "nosuid", "nodev", "noexec"}});
  problems.add(mounted);
  if (!mounted) return layers;
  for (const std::string name : {"meta-data", "user-data"}) {
    const auto text = files.read_inside(kDiscMount, name, sys::kReadLimit);
    const std::string layer_name = label + "/" + name;
    if (!text && text.error().code != ENOENT)
      problems.add(context("'" + disc.device + "' (" + label + ")", text.error()));
    if (!text) continue;
    layers.push_back(name == "meta-data" ? from_meta_data(layer_name, *text)
                                         : config::Layer{layer_name, *text});
    layers.back().medium = disc.medium;
  }
  problems.add(mounter.unmount(kDiscMount, false));
  return layers;
}

}  // namespace

std::vector<config::Layer> read_nocloud(const plan::ReadConfig& action, bool configured,
                                        const sys::Files& files, sys::Mounter& mounter,
                                        Problems& problems) {
  (void)mounter.unmount(kDiscMount, true);  // a manager that was killed has left it
  const bool sticks = action.discs == plan::Discs::kAll ||
                      (action.discs == plan::Discs::kStickAlone && !configured);
  auto disc = find_disc(action.disc_label, files);
  if (!disc && sticks && action.wait) {
    problems.add(wait_device({"LABEL=" + action.disc_label, kStickLimit, true}, files));
    disc = find_disc(action.disc_label, files);
  }
  if (!disc) return {};
  if (disc->medium != config::Medium::kStick || sticks)
    return read_disc(*disc, action.disc_label, files, mounter, problems);
  if (configured)
    log(LogLevel::kNotice, "the stick '" + disc->device + "' (" + action.disc_label +
                               ") is not read: this machine has a configuration; " +
                               "with rancher.cloud_init.datasources: [nocloud] it is");
  return {};
}

Result<void> keep_layer(const config::Layer& layer, const sys::Files& files) {
  std::string name = layer.name;
  std::ranges::replace(name, '/', '-');
  const std::string path = std::string(plan::kConfigDirectory) + "/" + name + ".yml";
  log(LogLevel::kNotice, "'" + layer.name + "' of a stick is kept as '" + path + "'");
  return files.write_atomic(path, layer.text, 0600);
}

}  // namespace ros::host
