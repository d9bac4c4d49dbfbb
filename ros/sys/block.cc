#include "sys/block.h"

#include <strings.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/text.h"
#include "sys/gpt.h"

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

bool has_medium(const Files& files, const std::string& name) {
  const auto size = files.read(std::string(kClass) + "/" + name + "/size");
  return size && trim(*size) != "0";
}

// "sda1" is on "sda", "nvme0n1p3" on "nvme0n1".
std::string disk_of(const std::string& partition) {
  std::string disk = partition.substr(0, partition.find_last_not_of("0123456789") + 1);
  if (disk.size() > 1 && disk.back() == 'p' && std::isdigit(disk[disk.size() - 2]) != 0)
    disk.pop_back();
  return disk;
}

std::string read_uevent(const Files& files, const std::string& name) {
  return files.read(std::string(kClass) + "/" + name + "/uevent").value_or("");
}

bool is_partition(const std::string& uevent) {
  return uevent_value(uevent, "DEVTYPE") == "partition";
}

// "" when the system was not taken from a disk.
std::string boot_disk(const Files& files) {
  const std::string path(trim(files.read(kBootDevice).value_or("")));
  const std::string name = path.substr(path.find_last_of('/') + 1);
  return is_partition(read_uevent(files, name)) ? disk_of(name) : name;
}

Place place_of(const Files& files, const BlockDevice& device, const std::string& boot_disk) {
  const std::string top = std::string(kClass) + "/";
  // "../../devices/pci0000:00/0000:00:04.0/usb1/1-1/1-1:1.0/host0/target0:0:0/0:0:0:0/block/sda"
  const bool usb = files.read_link(top + device.name).value_or("").contains("/usb");
  const bool drive = device.name.starts_with("sr") || device.name.starts_with("fd");
  if (drive && !usb) return Place::kDrive;
  const std::string disk = device.partition ? disk_of(device.name) : device.name;
  if (disk == boot_disk) return Place::kBootDisk;
  const bool removable = trim(files.read(top + disk + "/removable").value_or("")) == "1";
  return usb || removable ? Place::kDetachable : Place::kFixed;
}

// Of two devices with the same content the one with the lower rank is meant: a hybrid medium shows
// its file system on the disk and on its first partition, and a stick that somebody brings is not
// taken for the machine's own disk.
std::pair<Place, bool> rank(const BlockDevice& device) {
  return {device.place, !device.partition};
}

// From the kernel where it tells (not in 6.12), else from the disk's table.
std::string partuuid(const Files& files, const BlockDevice& device) {
  if (!device.partuuid.empty() || !device.partition) return device.partuuid;
  const std::string disk = disk_of(device.name);
  const std::string top = std::string(kClass) + "/";
  const auto head = files.read_head("/dev/" + disk, kGptHead);
  const auto number = parse_int(trim(files.read(top + device.name + "/partition").value_or("")));
  const auto block =
      parse_int(trim(files.read(top + disk + "/queue/logical_block_size").value_or("512")));
  if (!head || !number || !block || *number < 1 || *block < 512) return "";
  return gpt_partition_uuid(*head, static_cast<std::size_t>(*block),
                            static_cast<unsigned>(*number));
}

bool fits(const Files& files, const BlockDevice& device, const Spec& wanted) {
  if (wanted.key == "PARTLABEL") return device.partlabel == wanted.value;
  if (wanted.key == "PARTUUID") return same_ignoring_case(partuuid(files, device), wanted.value);
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
  const std::string booted = boot_disk(files);
  for (const auto& name : *names) {
    if (name.starts_with("ram") || !has_medium(files, name)) continue;
    const std::string uevent = read_uevent(files, name);
    BlockDevice device{.name = name,
                       .partlabel = uevent_value(uevent, "PARTNAME"),
                       .partuuid = uevent_value(uevent, "PARTUUID"),
                       .partition = is_partition(uevent)};
    device.place = place_of(files, device, booted);
    devices.push_back(std::move(device));
  }
  std::ranges::stable_sort(devices, {}, rank);
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
  if (wanted.key.empty()) {
    const std::string name = wanted.value.substr(5);
    const bool there = has_medium(files, name) ||
                       // Links such as /dev/disk/by-id/... are not in /sys/class/block.
                       (name.find('/') != std::string::npos && files.exists(wanted.value));
    return there ? std::optional(wanted.value) : std::nullopt;
  }
  if (!is_device_spec(spec)) return {};
  for (const auto& device : list_block_devices(files))
    if (fits(files, device, wanted)) return device.path();
  return {};
}

std::vector<std::string> find_block_devices(const Files& files, const std::string& spec) {
  const Spec wanted = parse_spec(spec);
  if (wanted.key.empty() || !is_device_spec(spec)) {
    const auto found = find_block_device(files, spec);
    return found ? std::vector<std::string>{*found} : std::vector<std::string>{};
  }
  std::vector<std::string> paths;
  std::vector<BlockDevice> partitions;  // that fit; they come before the disks
  for (const auto& device : list_block_devices(files)) {
    const bool same_medium = std::ranges::any_of(partitions, [&](const BlockDevice& partition) {
      return files.exists(std::string(kClass) + "/" + device.name + "/" + partition.name);
    });
    if (same_medium || !fits(files, device, wanted)) continue;
    if (device.partition) partitions.push_back(device);
    paths.push_back(device.path());
  }
  return paths;
}

bool is_device_spec(const std::string& spec) {
  const Spec parsed = parse_spec(spec);
  return !parsed.value.empty() &&
         (parsed.key.empty() || parsed.key == "LABEL" || parsed.key == "UUID" ||
          parsed.key == "PARTLABEL" || parsed.key == "PARTUUID");
}

}  // namespace ros::sys
