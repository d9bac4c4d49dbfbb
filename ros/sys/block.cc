#include "sys/block.h"

#include <strings.h>

#include "base/text.h"

namespace ros::sys {
namespace {

constexpr auto kClass = "/sys/class/block";

bool same_ignoring_case(const std::string& a, const std::string& b) {
  return strcasecmp(a.c_str(), b.c_str()) == 0;
}

// "KEY=value" lines of a uevent file.
std::string uevent_value(const std::string& text, const std::string& key) {
  for (const auto& line : split(text, '\n'))
    if (line.starts_with(key + "=")) return line.substr(key.size() + 1);
  return "";
}

struct Spec {
  std::string key;  // "" = path
  std::string value;
};

Spec parse_spec(const std::string& spec) {
  if (spec.starts_with("/dev/")) return {"", spec};
  const auto equals = spec.find('=');
  if (equals == std::string::npos) return {spec, ""};
  return {spec.substr(0, equals), spec.substr(equals + 1)};
}

bool fits(const Files& files, const BlockDevice& device, const Spec& wanted) {
  if (wanted.key == "PARTLABEL") return device.partlabel == wanted.value;
  if (wanted.key == "PARTUUID") return same_ignoring_case(device.partuuid, wanted.value);
  const auto found = probe(files, device.path());
  if (!found) return false;
  if (wanted.key == "UUID") return same_ignoring_case(found->uuid, wanted.value);
  return found->type == "vfat" ? same_ignoring_case(found->label, wanted.value)
                               : found->label == wanted.value;
}

}  // namespace

std::vector<BlockDevice> list_block_devices(const Files& files) {
  std::vector<BlockDevice> devices;
  const auto names = files.list(kClass);
  if (!names) return devices;
  for (const auto& name : *names) {
    const std::string directory = std::string(kClass) + "/" + name;
    if (name.starts_with("ram") || trim(files.read(directory + "/size").value_or("0")) == "0")
      continue;
    const std::string uevent = files.read(directory + "/uevent").value_or("");
    devices.push_back({name, uevent_value(uevent, "PARTNAME"), uevent_value(uevent, "PARTUUID"),
                       uevent_value(uevent, "DEVTYPE") == "partition"});
  }
  return devices;
}

std::optional<Superblock> probe(const Files& files, const std::string& device) {
  const auto head = files.read_head(device, kSuperblockHead);
  if (!head) return {};
  return identify(*head);
}

std::optional<std::string> find_block_device(const Files& files, const std::string& spec) {
  const Spec wanted = parse_spec(spec);
  if (wanted.value.empty()) return {};
  const auto devices = list_block_devices(files);
  if (wanted.key.empty()) {
    for (const auto& device : devices)
      if (device.path() == wanted.value) return wanted.value;
    // Links such as /dev/disk/by-id/... and device-mapper names are not in /sys/class/block.
    if (wanted.value.find('/', 5) != std::string::npos && files.exists(wanted.value))
      return wanted.value;
    return {};
  }
  if (!is_device_spec(spec)) return {};
  // A hybrid medium shows its file system on the disk and on its first partition: the partition is
  // the one that can be mounted beside others.
  std::optional<std::string> whole_disk;
  for (const auto& device : devices) {
    if (!fits(files, device, wanted)) continue;
    if (device.partition) return device.path();
    if (!whole_disk) whole_disk = device.path();
  }
  return whole_disk;
}

bool is_device_spec(const std::string& spec) {
  const Spec parsed = parse_spec(spec);
  return !parsed.value.empty() &&
         (parsed.key.empty() || parsed.key == "LABEL" || parsed.key == "UUID" ||
          parsed.key == "PARTLABEL" || parsed.key == "PARTUUID");
}

}  // namespace ros::sys
