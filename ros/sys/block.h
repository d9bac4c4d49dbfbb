// Block devices as /sys lists them, and the search for one by name, label or UUID.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sys/files.h"
#include "sys/superblock.h"

namespace ros::sys {

// Written by stage 1: the device that the system image was taken from, "/dev/vda3".
inline constexpr auto kBootDevice = "/run/ros/boot-device";

// What a device belongs to, in the order of preference when several have one name.
enum class Place {
  kBootDisk,    // holds the running system
  kFixed,       // stays in the machine
  kDetachable,  // on USB, or its medium can be taken out: a stick, a card
  kDrive,       // the machine's optical and floppy drives, which are slow to answer
};

struct BlockDevice {
  std::string name;       // "vda1"
  std::string partlabel;  // of a GPT partition
  std::string partuuid;   // "" where the kernel does not tell; find_block_device knows more
  bool partition = false;
  Place place = Place::kFixed;
  [[nodiscard]] std::string path() const { return "/dev/" + name; }
};

// Devices that have a medium, by place; of each place partitions before disks, in order of name.
// RAM disks and unused loop devices are left out.
[[nodiscard]] std::vector<BlockDevice> list_block_devices(const Files& files);

// What the device holds; nothing when it is unknown or can't be read.
[[nodiscard]] std::optional<Superblock> probe(const Files& files, const std::string& device);

// `spec` is "/dev/NAME", "LABEL=", "UUID=", "PARTLABEL=" or "PARTUUID=" (case of UUIDs and of vfat
// labels does not count). Gives the path of the first that fits, nothing when there is none now.
[[nodiscard]] std::optional<std::string> find_block_device(const Files& files,
                                                           const std::string& spec);

// All that fit, in the same order; more than one means that the name is not unique. A disk whose
// partition fits as well is left out: it is the same medium.
[[nodiscard]] std::vector<std::string> find_block_devices(const Files& files,
                                                          const std::string& spec);

// Whether find_block_device understands `spec` at all.
[[nodiscard]] bool is_device_spec(const std::string& spec);

}  // namespace ros::sys
