"""Where things lie on a disk: the layout of DESIGN.md, section 2. Fixed: nothing may ever move."""

import uuid
from dataclasses import dataclass

SECTOR = 512
MIB = 1 << 20
TAIL = MIB  # behind the last partition: the second partition table

BIOS_BOOT = "21686148-6449-6E6F-744E-656564454649"
ESP = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
LINUX = "0FC63DAF-8483-4772-8E79-3D69D8477DE4"


@dataclass(frozen=True)
class Partition:
    """Sizes in MiB; `kind` is the type of the partition table."""

    name: str
    kind: str
    size: int


# The kernels and initramfs of both slots lie on the ESP; a slot has room for an image of four
# times today's size and its verity tree. The state is the last one, and grows on the target.
PARTITIONS = (
    Partition("roster-bios", BIOS_BOOT, 1),
    Partition("roster-esp", ESP, 128),
    Partition("roster-a", LINUX, 256),
    Partition("roster-b", LINUX, 256),
    Partition("roster-state", LINUX, 384),
)


@dataclass(frozen=True)
class Place:
    """A partition of a particular disk; bytes."""

    partition: Partition
    start: int
    size: int
    id: str  # PARTUUID


def places(seed: str) -> dict[str, Place]:
    """All partitions by name. Equal seeds give equal ids."""
    found, start = {}, MIB
    for partition in PARTITIONS:
        size = partition.size * MIB
        found[partition.name] = Place(partition, start, size, identity(seed, partition.name))
        start += size
    return found


def disk_size() -> int:
    return MIB + sum(partition.size for partition in PARTITIONS) * MIB + TAIL


def identity(seed: str, what: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"roster:{seed}:{what}"))


def sfdisk_script(seed: str) -> str:
    """What sfdisk(8) reads to write the table."""
    lines = ["label: gpt", f"label-id: {identity(seed, 'disk')}", "first-lba: 2048"]
    for place in places(seed).values():
        lines.append(
            f"start={place.start // SECTOR}, size={place.size // SECTOR}, "
            f"type={place.partition.kind}, uuid={place.id}, name={place.partition.name}"
        )
    return "\n".join(lines) + "\n"
