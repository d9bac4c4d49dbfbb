"""Every boot medium with every firmware and network card: scripts/soak media."""

import itertools
import shutil

import pytest

from build import qemu
from media import BOOT_LIMIT, READY, disk_image, iso_medium, set_kernel_words, start, user_data
from test_media import run_container
from test_spine import power_off

MEDIA = {  # name: what is booted, how it is attached
    "cd": ("iso", "cd"),
    "stick": ("iso", "usb"),
    "virtio": ("disk", "virtio"),
    "virtio-scsi": ("disk", "virtio-scsi"),
    "ahci": ("disk", "ahci"),
    "nvme": ("disk", "nvme"),
    "usb-disk": ("disk", "usb"),
}
FIRMWARE = ("bios", "uefi")
CARDS = ("virtio-net-pci", "e1000e", "igb", "vmxnet3")


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """The disk image, with a login on the serial console."""
    file = disk_image(tmp_path_factory.mktemp("image"), gibibytes=2)
    set_kernel_words(file, "rancher.autologin=[ttyS0]")
    return file


@pytest.mark.parametrize(("name", "firmware", "card"), itertools.product(MEDIA, FIRMWARE, CARDS))
def test_medium(request, tmp_path, registry, pristine, name, firmware, card):
    if not qemu.has_device(card):
        pytest.skip(f"this QEMU has no {card}")
    kind, bus = MEDIA[name]
    medium = iso_medium(bus)
    if kind == "disk":
        medium = qemu.Medium(tmp_path / "disk.img", bus)
        shutil.copyfile(pristine, medium.file)
    options = {"uefi": firmware == "uefi", "card": card, "config": user_data(registry)}
    with start(request, tmp_path, [medium], **options) as guest:
        guest.expect(READY, BOOT_LIMIT)
        guest.login()
        run_container(guest, registry)
        if kind == "disk":
            guest.run("test -e /var/lib/rancher/resizefs.done")
        power_off(guest)
