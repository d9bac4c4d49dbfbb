"""Machines that start from boot media: ISO as CD or stick, disk image; BIOS or UEFI."""

import hashlib
import os
import re
import subprocess

from build import cidata, image, qemu
from conftest import BUILD, BootGuest, artefact, free_port
from ssh import Ssh

BOOT_LIMIT = 300  # seconds until the services are ready, firmware and menu included
MENU = r"executed automatically in \ds"
READY = r"roster \S+ ready in \d+\.\d+ s"
DOWN = "\x1b[B"  # the arrow key in GRUB's menu


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


def firmware_is_there(guest):
    """All that a driver asks for, as the kernel's own threads see it."""
    mounts = guest.run("sudo cat /proc/1/mounts")
    assert re.search(r"^\S+ /lib/firmware erofs ro", mounts, re.MULTILINE), mounts
    sums = "cd /proc/2/root/lib/firmware && find . -type f -exec sha256sum {} +"
    there = sorted(guest.run(f"sudo sh -c '{sums}'").splitlines())
    folder = artefact("firmware-files/lib")
    wanted = sorted(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  ./{file.relative_to(folder)}"
        for file in folder.rglob("*")
        if file.is_file()
    )
    assert there == wanted
    assert any("./rtl_nic/" in line for line in there)


def user_data(registry):
    """A cloud-config that allows the registry on the host."""
    return (
        f"#cloud-config\nrancher:\n  docker:\n    insecure_registry: ['{registry.guest_address}']\n"
    )


def start(request, folder, media, key, *, uefi=False, config=None, number=1, **options):
    """Starts a machine with a way in over SSH, for the owner of the key, at guest.ssh.

    Its console is logged in build/logs/boot, its monitor is folder/qmp. With a `config` it gets a
    disc with that, and with the key.
    """
    machine = qemu.Machine(media=media, monitor=folder / "qmp", ssh_port=free_port(), **options)
    machine.accelerator = os.environ.get("ROS_TEST_ACCEL", "tcg")
    if uefi:
        machine.uefi_variables = folder / "uefi-variables.fd"
    if config is not None:
        machine.cdroms.append(cidata.write(folder, f"{config}\n{cidata.key_line(key)}"))
    logs = BUILD / "logs/boot"
    logs.mkdir(parents=True, exist_ok=True)
    name = request.node.name.replace("[", "-").strip("]")
    guest = BootGuest(qemu.command(machine), logs / f"{name}-{number}.log")
    guest.ssh = Ssh(machine.ssh_port, key)
    return guest
