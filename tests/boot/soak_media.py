"""Every boot medium with both kinds of firmware, and every network card: scripts/soak media."""

import itertools
import re
import shutil

import pytest

from build import qemu
from firmware import firmware_is_there
from machines.guest import READY
from machines.medium import disk_image, iso_medium
from machines.ssh import NO_LOGIN

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
# igb came with QEMU 8.0.
CARDS = [card for card in ("virtio-net-pci", "e1000e", "vmxnet3", "igb") if qemu.has_device(card)]
# Every medium with both kinds of firmware; the cards take turns, each one meets both.
CASES = [
    (*case, CARDS[(index // 2 + index % 2) % len(CARDS)])
    for index, case in enumerate(itertools.product(MEDIA, FIRMWARE))
]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory, ssh_key):
    return disk_image(tmp_path_factory.mktemp("image"), ssh_key, gibibytes=2)


@pytest.mark.parametrize(("name", "firmware", "card"), CASES)
def test_medium(boot, tmp_path, registry, pristine, name, firmware, card):
    kind, bus = MEDIA[name]
    medium = iso_medium(bus)
    if kind == "disk":
        medium = qemu.Medium(tmp_path / "disk.img", bus)
        shutil.copyfile(pristine, medium.file)
    machine = {"media": [medium], "card": card, "ssh": True, "registries": [registry]}
    if firmware == "uefi":
        machine["uefi_variables"] = tmp_path / "uefi-variables.fd"
    with boot("firmware", **machine) as guest:
        comes_up(guest)
        fetch = f"docker run --rm {registry.image} wget -qO- http://{registry.guest_address}/v2/"
        assert guest.ssh.run(f"{fetch} 2>/dev/null", 180) == "{}"
        guest.ssh.run("sudo ros config set hostname kept")
        if kind == "disk":
            guest.ssh.run("test -e /var/lib/rancher/resizefs.done")
        powers_off(guest)
    if kind == "disk":
        with boot("firmware", **machine) as guest:
            comes_up(guest)
            assert guest.ssh.run("hostname") == "kept"
            powers_off(guest)


def test_disk_with_firmware(boot, tmp_path, ssh_key):
    disk = [qemu.Medium(disk_image(tmp_path, ssh_key, firmware=True))]
    variables = tmp_path / "uefi-variables.fd"
    with boot("firmware", media=disk, ssh=True, own_key=False, uefi_variables=variables) as guest:
        comes_up(guest)
        firmware_is_there(guest.ssh)
        powers_off(guest)


def comes_up(guest):
    guest.expect(READY, 300)
    guest.ssh.wait()
    status, _ = guest.ssh.try_run("true", more=PASSWORD)
    assert status == NO_LOGIN
    services = guest.ssh.run("sudo ros service list")
    for name in ("console", "docker", "network", "ntp", "syslog", "udev"):
        assert re.search(rf"^enabled +{name} +running", services, re.MULTILINE), services


def powers_off(guest):
    guest.ssh.try_run("sudo poweroff")
    guest.wait_exit(120)
