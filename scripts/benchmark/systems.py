"""The systems that are measured, each as a machine for QEMU with the same settings."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from build import boot, cidata, image, qemu
from build.paths import BUILD

from . import peer

APPEND = "console=ttyS0 quiet"
MEASURE = "measure ros service restart ntp"  # of the guest's folder, when Docker answers
STAGES = ["bench", *image.STAGES, "initramfs-full", "iso", "release"]


@dataclass(frozen=True)
class System:
    """One that can be started in a folder of its own, any number of times."""

    name: str
    title: str
    machine: Callable[[Path], qemu.Machine]


def _ours(folder: Path, probe_disk: str, then: str = MEASURE, **more) -> qemu.Machine:
    """With a cloud-config of `more` that starts the probe."""
    content = folder / "cidata"
    content.mkdir()
    for file in (BUILD / "bench/guest").iterdir():
        (content / file.name).write_bytes(file.read_bytes())
        (content / file.name).chmod(0o755)
    config = folder / "cloud-config.yml"
    settings = {"bootcmd": [_probe_command(probe_disk, then)], **more}
    config.write_text(f"#cloud-config\n{json.dumps(settings)}\n")
    return qemu.Machine(
        ssh_port=boot.free_port(0), disks=[(cidata.disc(folder, config), "raw", True)]
    )


def _probe_command(disk: str, then: str) -> list[str]:
    """Of the host's shell. It ends at once: no service waits for the disc."""
    probe = (
        "/run/bench/probe containerd=/run/system-containerd/containerd.sock ssh=22 "
        f"docker=/run/docker.sock /bin/sh /run/bench/{then}"
    )
    mount = f"mkdir /run/bench && mount -o ro /dev/{disk} /run/bench"
    return ["/bin/sh", "-c", f"{{ {mount} && exec {probe}; }} </dev/null >/dev/null 2>&1 &"]


def direct(folder: Path, then: str = MEASURE, **more) -> qemu.Machine:
    machine = _ours(folder, "vdb", then, **more)
    machine.disks.insert(0, (BUILD / "system-image/system.erofs", "raw", True))
    machine.kernel = BUILD / "kernel-drivers/vmlinuz"
    machine.initrd = BUILD / "initramfs/initramfs"
    machine.append = f"{APPEND} rancher.system.dev=/dev/vda"
    return machine


def _full(folder: Path) -> qemu.Machine:
    machine = _ours(folder, "vda")
    machine.kernel = BUILD / "kernel-drivers/vmlinuz"
    machine.initrd = BUILD / "initramfs-full/initramfs-full"
    machine.append = APPEND
    return machine


def _iso(folder: Path) -> qemu.Machine:
    machine = _ours(folder, "vda")
    machine.media.append(boot.boot_medium("iso"))
    return machine


def _usb(folder: Path) -> qemu.Machine:
    machine = _ours(folder, "vda")
    machine.media.append(boot.boot_medium("usb"))
    return machine


def _bare(_: Path) -> qemu.Machine:
    return qemu.Machine(
        kernel=BUILD / "kernel-drivers/vmlinuz",
        initrd=BUILD / "bench/floor",
        append=APPEND,
        disks=[(BUILD / "system-image/system.erofs", "raw", True)],
    )


def debian(folder: Path, more: str = "") -> qemu.Machine:
    made = peer.obtain()
    machine = peer.machine(made, peer.throwaway(made, folder / "disk.qcow2"))
    machine.append = f"{APPEND} {machine.append} {more}"
    machine.ssh_port = boot.free_port(0)
    return machine


SYSTEMS = {
    system.name: system
    for system in (
        System("direct", "this system, direct", direct),
        System("full", "this system, initramfs-full", _full),
        System("iso", "this system, ISO as CD", _iso),
        System("usb", "this system, ISO as USB stick", _usb),
        System("bare", "bare floor", _bare),
        System("debian", "Debian 13", debian),
    )
}
