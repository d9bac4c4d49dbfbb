"""What machines start from and keep their state on: artefacts of the build, ISO, images, disks."""

import json
import os
import re
import subprocess

from build import cidata, image, qemu
from build.paths import BUILD

PARTITION = 1 << 20  # bytes before the first one


def artefact(path):
    found = BUILD / path
    assert found.exists(), f"build/{path} is missing: run scripts/test, or scripts/stage first"
    return found


def iso(stage="iso"):
    return next((BUILD / stage).glob("roster-*.iso"), None) or artefact(f"{stage}/roster.iso")


def iso_medium(bus, stage="iso"):
    """The ISO as a CD, or as written to a stick or disk."""
    return qemu.Medium(iso(stage), bus, read_only=True)


def other_iso(folder, label="ROSTER"):
    """A medium of the same label with another content, and a system image that is none."""
    content = folder / "other/roster"
    content.mkdir(parents=True)
    (content / "system.erofs").write_bytes(b"not a system")
    disc = folder / "other.iso"
    subprocess.run(
        ["xorriso", "-as", "mkisofs", "-quiet", "-V", label, "-R", "-o", disc, content.parent],
        check=True,
        capture_output=True,
    )
    return disc


def disk_image(folder, key, gibibytes=0, firmware=False):
    """The disk image with the SSH key on it, on a disk that is so much larger."""
    file = folder / "disk.img"
    config = folder / "config.yml"
    config.write_text(f"#cloud-config\n{cidata.key_line(key)}")
    image.make(file, config, firmware)
    with file.open("r+b") as content:
        content.truncate(file.stat().st_size + (gibibytes << 30))
    return file


def empty_disk(folder, name="empty.img", megabytes=2048):
    disk = folder / name
    with disk.open("wb") as file:
        file.truncate(megabytes << 20)
    return disk


def ext4_disk(folder, label, megabytes, *options, name="", **environment):
    name = name or re.sub(r"\W+", "_", label.lower())
    disk = empty_disk(folder, f"{name}.img", megabytes)
    subprocess.run(
        ["mkfs.ext4", "-q", "-F", "-L", label, *options, disk],
        check=True, capture_output=True, env=os.environ | environment,
    )  # fmt: skip
    return disk


def partitioned(content, file):
    """A disk with a partition that holds what `content` does."""
    size = content.stat().st_size
    with file.open("wb") as disk:
        disk.truncate(size + (2 << 20))
    table = f"label: gpt\nstart={PARTITION >> 9}, size={size >> 9}\n"
    subprocess.run(["sfdisk", "-q", file], input=table.encode(), check=True, capture_output=True)
    with file.open("r+b") as disk:
        disk.seek(PARTITION)
        disk.write(content.read_bytes())
    return file


def state_disk(folder, files=None, megabytes=2048, last_written=None):
    """A disk whose file system is the state: ext4 labelled RANCHER_STATE, with these files.

    `last_written`, in seconds since 1970, is what it says of itself; without it that is now.
    """
    root = folder / "state"
    root.mkdir()
    for path, text in (files or {}).items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    clock = {"E2FSPROGS_FAKE_TIME": str(last_written)} if last_written else {}
    return ext4_disk(folder, "RANCHER_STATE", megabytes, "-d", root, **clock)


def partition(disk, number):
    """The part of a disk of a machine that is off, as e2fsprogs take it for a file."""
    listed = subprocess.run(["sfdisk", "--json", disk], check=True, capture_output=True)
    table = json.loads(listed.stdout)["partitiontable"]
    start = next(p["start"] for p in table["partitions"] if p["node"] == f"{disk}{number}")
    return f"{disk}?offset={start * table['sectorsize']}"


def first_disk(machine):
    """What a machine that is off has on its first disk: a raw file."""
    file, kind, _ = machine.disks[0]
    if kind == "raw":
        return file
    disk = file.with_suffix(".img")
    subprocess.run(["qemu-img", "convert", "-O", "raw", file, disk], check=True)
    return disk


def repair(disk):
    """Replays the journal, which is what an ext4 file system needs after power was cut."""
    done = subprocess.run(["e2fsck", "-fy", disk], check=False, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stdout


def file_on(disk, path):
    """A file of the ext4 disk of a machine that is off."""
    read = subprocess.run(
        ["debugfs", "-R", f"cat {path}", disk], check=True, capture_output=True, text=True
    )
    return read.stdout
