"""Machines that start from boot media: ISO as CD or stick, disk image; BIOS or UEFI."""

import subprocess

from build import image, qemu
from conftest import BUILD, BootGuest, artefact, cidata_disc

BOOT_LIMIT = 300  # seconds until the services are ready, firmware and menu included
MENU = r"executed automatically in \ds"
READY = r"roster \S+ ready in \d+\.\d+ s"
DOWN = "\x1b[B"  # the arrow key in GRUB's menu


def iso():
    return next((BUILD / "iso").glob("roster-*.iso"), None) or artefact("iso/roster.iso")


def iso_medium(bus):
    """The ISO as a CD, or as written to a stick or disk."""
    return qemu.Medium(iso(), bus, read_only=True)


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


def disk_image(folder, gibibytes=0):
    """The disk image, on a disk that is so much larger."""
    file = folder / "disk.img"
    image.make(file)
    with file.open("r+b") as content:
        content.truncate(file.stat().st_size + (gibibytes << 30))
    return file


def set_kernel_words(disk, words):
    """What an administrator writes into append.cfg on the ESP."""
    start = 2 << 20
    text = f'set append="$append {words}"\n'.encode()
    subprocess.run(
        ["mcopy", "-o", "-i", f"{disk}@@{start}", "-", "::roster/append.cfg"],
        input=text, check=True, capture_output=True,
    )  # fmt: skip


def user_data(registry):
    """A cloud-config that allows the registry on the host."""
    return (
        f"#cloud-config\nrancher:\n  docker:\n    insecure_registry: ['{registry.guest_address}']\n"
    )


def start(request, folder, media, *, uefi=False, config=None, number=1, **options):
    """Starts a machine; its console is logged in build/logs/boot, its monitor is folder/qmp."""
    machine = qemu.Machine(media=media, monitor=folder / "qmp", **options)
    if uefi:
        machine.uefi_variables = folder / "uefi-variables.fd"
    if config is not None:
        machine.cdroms.append(cidata_disc(folder, config))
    logs = BUILD / "logs/boot"
    logs.mkdir(parents=True, exist_ok=True)
    name = request.node.name.replace("[", "-").strip("]")
    return BootGuest(qemu.command(machine), logs / f"{name}-{number}.log")
