"""Every boot medium with every firmware and network card: scripts/soak media."""

import itertools
import shutil

import pytest

from build import qemu
from media import BOOT_LIMIT, READY, disk_image, iso_medium, start, user_data
from ssh import NO_LOGIN

PASSWORD = ("PreferredAuthentications=password,keyboard-interactive", "PubkeyAuthentication=no")
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
def pristine(tmp_path_factory, ssh_key):
    return disk_image(tmp_path_factory.mktemp("image"), ssh_key, gibibytes=2)


@pytest.mark.parametrize(("name", "firmware", "card"), itertools.product(MEDIA, FIRMWARE, CARDS))
def test_medium(request, tmp_path, registry, ssh_key, pristine, name, firmware, card):
    if not qemu.has_device(card):
        pytest.skip(f"this QEMU has no {card}")
    kind, bus = MEDIA[name]
    medium = iso_medium(bus)
    if kind == "disk":
        medium = qemu.Medium(tmp_path / "disk.img", bus)
        shutil.copyfile(pristine, medium.file)
    options = {"uefi": firmware == "uefi", "card": card, "config": user_data(registry)}
    with start(request, tmp_path, [medium], ssh_key, **options) as guest:
        guest.expect(READY, BOOT_LIMIT)
        guest.ssh.wait()
        status, _ = guest.ssh.try_run("true", more=PASSWORD)
        assert status == NO_LOGIN
        image = f"{registry.guest_address}/test/busybox:1"
        assert "inside" in guest.ssh.run(f"docker run --rm {image} echo inside", 180)
        if kind == "disk":
            guest.ssh.run("test -e /var/lib/rancher/resizefs.done")
        guest.ssh.try_run("sudo poweroff")
        guest.wait_exit(120)
