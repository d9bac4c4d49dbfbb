"""scripts/image: a disk with the system in slot A, that starts with BIOS and with UEFI.

The state partition is small and the last one: it grows to the end of the disk at the first boot.
Nobody is logged in automatically on such a disk, so hand over a cloud-config with your SSH key.
"""

import argparse
import hashlib
import os
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from . import layout, lock, schedule, stages
from .errors import BuildError
from .paths import BUILD, ROOT, relative

STAGES = ["kernel-drivers", "initramfs", "system-image", "disk-loader", "e2fsprogs"]
FIRMWARE = BUILD / "firmware/firmware.cpio"  # of stage `firmware`
STATE_LABEL = "RANCHER_STATE"
USER_CONFIG = "var/lib/rancher/conf/cloud-config.d/user_config.yml"
PRIVATE = ("conf", "cloud-config.d")  # folders above it that only root may read
CHUNK = 1 << 20

# Places in GRUB's boot.img and core.img that its installer fills in (include/grub/i386/pc/boot.h).
BOOT_CODE = 440  # bytes of boot.img before the disk's signature and partition table
CORE_SECTOR = 0x5C  # 64 bits: where the core begins
DRIVE_CHECK = 0x66  # a jump that must not be taken when the BIOS names the drive wrongly
BLOCK_LIST = 0x1F4  # 64 bits in the core's first sector: where its rest begins


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/image", description=__doc__)
    parser.add_argument("format", choices=["raw", "qcow2"])
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="build/roster.FORMAT")
    parser.add_argument("--cloud-config", type=Path, metavar="FILE", help="put on the state")
    parser.add_argument("--firmware", action="store_true", help="of cards, and CPU microcode")
    return parser.parse_args()


def make(file: Path, cloud_config: Path | None = None, firmware: bool = False) -> None:
    """A raw image from the results in build/, replacing `file`. Equal inputs, equal bytes."""
    seed = _digest(BUILD / "system-image/system.erofs", BUILD / "initramfs/initramfs")
    place = layout.places(seed)
    file.unlink(missing_ok=True)
    with file.open("wb") as image:
        image.truncate(layout.disk_size())
    run(["sfdisk", "--quiet", file], input=layout.sfdisk_script(seed).encode())
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=".image-") as name:
        folder = Path(name)
        with file.open("r+b") as image:
            _write_bios_loader(image, place["roster-bios"].start)
            _write_system(image, place["roster-a"])
            _copy(image, _esp(folder, place, firmware), place["roster-esp"].start)
        _make_state(file, place["roster-state"], layout.identity(seed, "state"), cloud_config)


def _write_bios_loader(image, start: int) -> None:
    boot = bytearray((BUILD / "disk-loader/boot.img").read_bytes()[:BOOT_CODE])
    core = bytearray((BUILD / "disk-loader/core.img").read_bytes())
    sector = start // layout.SECTOR
    struct.pack_into("<Q", boot, CORE_SECTOR, sector)
    struct.pack_into("<H", boot, DRIVE_CHECK, 0x9090)
    struct.pack_into("<Q", core, BLOCK_LIST, sector + 1)
    image.seek(0)
    image.write(boot)
    image.seek(start)
    image.write(core)


def _write_system(image, place: layout.Place) -> None:
    system = BUILD / "system-image/system.erofs"
    if system.stat().st_size > place.size:
        raise BuildError(f"{relative(system)} does not fit into {place.size} bytes")
    _copy(image, system, place.start)


def _esp(folder: Path, place: dict[str, layout.Place], firmware: bool) -> Path:
    """The file system that UEFI and GRUB read: loader, menu, kernel and initramfs of slot A."""
    version = (ROOT / "VERSION").read_text().strip()
    menu = (ROOT / "media/disk.cfg").read_text()
    menu = menu.replace("@VERSION@", version).replace("@SYSTEM_A@", place["roster-a"].id)
    (folder / "grub.cfg").write_text(menu)
    (folder / "append.cfg").write_text('# set append="$append words for the kernel"\n')
    content = {
        "EFI/BOOT/BOOTX64.EFI": BUILD / "disk-loader/BOOTX64.EFI",
        "roster/grub.cfg": folder / "grub.cfg",
        "roster/append.cfg": folder / "append.cfg",
        "roster/a/vmlinuz": BUILD / "kernel-drivers/vmlinuz",
        "roster/a/initramfs": BUILD / "initramfs/initramfs",
        **({"roster/a/firmware.cpio": FIRMWARE} if firmware else {}),
    }
    esp = folder / "esp.img"
    serial = place["roster-esp"].id[:8]
    size = place["roster-esp"].size // 1024
    run(["mkfs.vfat", "--invariant", "-C", "-F", "32", "-n", "ROSTER-EFI", "-i", serial,
         esp, str(size)])  # fmt: skip
    for directory in ("EFI", "EFI/BOOT", "roster", "roster/a", "roster/b"):
        run(["mmd", "-i", esp, f"::{directory}"])
    for path, source in content.items():
        run(["mcopy", "-i", esp, source, f"::{path}"])
    return esp


def _make_state(file: Path, place: layout.Place, identity: str, cloud_config: Path | None) -> None:
    """Empty but for a cloud-config. The journal is that of the disk it will grow to."""
    where = f"{file}?offset={place.start}"
    run([BUILD / "e2fsprogs/sbin/mke2fs", "-q", "-F", "-t", "ext4", "-b", "4096", "-i", "16384",
         "-I", "256", "-J", "size=64", "-L", STATE_LABEL, "-U", identity,
         "-E", f"offset={place.start},hash_seed={identity},root_owner=0:0", file,
         f"{place.size // 1024}k"])  # fmt: skip
    if not cloud_config:
        return
    # debugfs makes files that belong to root, and ends with status 0 whatever happened.
    *folders, name = USER_CONFIG.split("/")
    commands = []
    for folder in folders:
        commands += [f"mkdir {folder}", f"cd {folder}"]
        if folder in PRIVATE:
            commands.append("set_inode_field . mode 040700")
    commands += [f'write "{cloud_config.absolute()}" {name}']
    commands.append(f"set_inode_field {name} mode 0100600")
    run(["debugfs", "-w", "-f", "-", where], input="\n".join([*commands, ""]).encode())
    if run(["debugfs", "-R", f"cat {USER_CONFIG}", where]) != cloud_config.read_text():
        raise BuildError(f"{cloud_config} could not be put on the state partition")


def _copy(image, source: Path, offset: int) -> None:
    """Blocks of zeros stay holes of the sparse file."""
    image.seek(offset)
    with source.open("rb") as content:
        while chunk := content.read(CHUNK):
            if chunk.count(0) == len(chunk):
                image.seek(len(chunk), os.SEEK_CUR)
            else:
                image.write(chunk)


def _digest(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def run(words: list, **options) -> str:
    """A tool that must succeed; what it printed. Its files carry the time of the build."""
    environment = os.environ | {
        "SOURCE_DATE_EPOCH": str(stages.source_date_epoch()),
        "MTOOLS_SKIP_CHECK": "1",
    }
    done = subprocess.run(words, env=environment, capture_output=True, check=False, **options)
    if done.returncode != 0:
        raise BuildError(f"{' '.join(map(str, words))}: {done.stderr.decode(errors='replace')}")
    return done.stdout.decode(errors="replace")


def main() -> int:
    options = arguments()
    pinned = lock.load()
    needed = STAGES + (["firmware"] if options.firmware else [])
    wanted = stages.with_needs(stages.load(pinned), needed)
    schedule.build(wanted, pinned, stages.source_date_epoch())
    file = options.file or BUILD / f"roster.{options.format}"
    raw = file if options.format == "raw" else file.with_name(f".{file.name}.raw")
    try:
        make(raw, options.cloud_config, options.firmware)
        if options.format == "qcow2":
            run(["qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, file])
    finally:
        if raw != file:
            raw.unlink(missing_ok=True)
    print(f"{relative(file.absolute())}: {layout.disk_size() // layout.MIB} MiB")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BuildError as error:
        sys.exit(f"error: {error}")
