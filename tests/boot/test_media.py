"""The boot media, each idea once; every medium with every firmware and card: soak_media.py."""

import re

from build import qemu
from firmware import firmware_is_there
from machines.guest import READY
from machines.medium import (
    artefact,
    disk_image,
    ext4_disk,
    file_on,
    iso,
    iso_medium,
    other_iso,
    partition,
    partitioned,
    repair,
)

MENU = r"executed automatically in \ds"
DOWN = "\x1b[B"  # the arrow key in GRUB's menu
MEDIUM = "/run/ros/medium"
FIRMWARE = "/proc/1/root/lib/firmware"  # what the host has there
BY_LABEL = "rancher.system.dev=LABEL=ROSTER"


def start_from_menu(guest, *keys):
    """Without waiting until it starts by itself."""
    guest.expect(MENU, 120)
    guest.send_keys("".join(keys))
    guest.send("")


def mount_of(guest, path):
    """Device that is mounted there, None when nothing is."""
    found = re.search(rf"^(\S+) {path} ", guest.run("cat /proc/mounts"), re.MULTILINE)
    return found and found.group(1)


def run_container(guest, registry):
    output = guest.run(f"docker run --rm {registry.image} echo from-inside-$((6*7))", 120)
    assert "from-inside-42" in output


def test_iso_with_firmware_as_cd_with_bios_in_256_megabytes(boot, tmp_path, registry):
    """The menu starts by itself. An emulated processor takes no microcode."""
    disk = tmp_path / "later.img"
    disk.write_bytes(b"later" + bytes(1 << 20))
    machine = {"media": [iso_medium("cd", "iso-firmware")], "free_ports": 1, "memory": 256}
    with boot("firmware", registries=[registry], **machine) as guest:
        guest.ready(300)
        assert mount_of(guest, MEDIUM) == "/dev/sr0"
        assert guest.run("cat /sys/class/tty/console/active") == "ttyS0 tty0"
        guest.run("! test -d /sys/firmware/efi")
        firmware_is_there(guest)
        guest.run("sudo test ! -e /proc/1/root/kernel")
        run_container(guest, registry)
        disk_comes_later(guest, disk)
        guest.power_off()


def disk_comes_later(guest, file):
    guest.run("! test -e /dev/vda")
    guest.monitor.run("blockdev-add", driver="raw", node_name="later",
                      file={"driver": "file", "filename": str(file)})  # fmt: skip
    guest.monitor.run("device_add", driver="virtio-blk-pci", drive="later", bus="port0", id="late")
    guest.until("test -b /dev/vda")
    assert guest.run("sudo head -c 5 /dev/vda") == "later"


def test_iso_as_stick_with_uefi_beside_a_medium_of_the_same_label(boot, tmp_path):
    """The other medium comes first in every order of devices, and is left alone."""
    media = [iso_medium("usb"), qemu.Medium(other_iso(tmp_path), "virtio", read_only=True)]
    variables = tmp_path / "uefi-variables.fd"
    with boot("firmware", media=media, uefi_variables=variables) as guest:
        start_from_menu(guest)
        guest.ready()
        assert re.fullmatch(r"/dev/sda1?", mount_of(guest, MEDIUM))
        guest.run("test -d /sys/firmware/efi")
        assert guest.run(f"sudo ls -A {FIRMWARE}") == "", "the default ISO holds firmware"


def test_of_two_media_with_one_label_the_choice_is_fixed_and_told(boot, tmp_path):
    """Without our loader, by label: disks come before optical drives.

    Damaged firmware is told and left out.
    """
    media = [qemu.Medium(other_iso(tmp_path), "cd", read_only=True), iso_medium("virtio")]
    initrd = with_damaged_firmware(tmp_path / "initrd")
    with boot("none", media=media, initrd=initrd, append=BY_LABEL) as guest:
        told = guest.expect(r"LABEL=ROSTER fits (\S+) and /dev/sr0: booting from (\S+)\n", 120)
        assert re.fullmatch(r"/dev/vda1?", told.group(1))
        assert told.group(1) == told.group(2)
        guest.expect(r"going on without firmware: mount '\S+' on '/sysroot/lib/firmware'", 60)
        guest.ready()
        assert guest.run(f"sudo ls -A {FIRMWARE}") == ""


def with_damaged_firmware(file):
    archive = bytearray(artefact("firmware/firmware.cpio").read_bytes())
    superblock = archive.index(artefact("firmware/firmware.erofs").read_bytes()[:4096]) + 1024
    archive[superblock : superblock + 4] = b"none"
    file.write_bytes(archive + artefact("initramfs/initramfs").read_bytes())
    return file


def test_a_stick_is_pulled_after_a_boot_to_ram(boot, registry):
    with boot("firmware", media=[iso_medium("usb")], registries=[registry]) as guest:
        start_from_menu(guest, DOWN)
        guest.expect(r"copying the system image to memory, \d+ MiB", 120)
        guest.ready()
        assert mount_of(guest, MEDIUM) is None
        guest.monitor.unplug("medium0-device")
        guest.until("! test -e /dev/sda")
        guest.run("sudo sh -c 'sync; echo 3 > /proc/sys/vm/drop_caches'")
        guest.run("sudo ros service list")
        run_container(guest, registry)


def test_disk_image_grows_keeps_its_state_and_logs_nobody_in(boot, tmp_path, ssh_key):
    """Beside another disk with a state, which comes first by name."""
    disk = disk_image(tmp_path, ssh_key, gibibytes=2)
    other = partitioned(ext4_disk(tmp_path, "RANCHER_STATE", 16), tmp_path / "other.img")
    media = [qemu.Medium(disk, "virtio"), qemu.Medium(other, "nvme")]
    with boot("firmware", ssh=True, own_key=False, media=media) as guest:
        start_from_menu(guest)
        nobody_is_logged_in(guest)
        ssh = guest.ssh
        ssh.wait()
        assert mount_of(ssh, "/home") == "/dev/vda5"
        told = ssh.try_run("sudo ros state")[1]
        assert "'/dev/nvme0n1p1' is LABEL=RANCHER_STATE, too, and not used" in told
        kibibytes = int(ssh.run("df -k /home | tail -n 1").split()[1])
        assert kibibytes > 2 << 20, "the state did not grow at the first boot"
        ssh.run("test -e /var/lib/rancher/resizefs.done")
        ssh.run("sudo ros config set hostname kept && echo kept > /home/rancher/note")
        ssh.try_run("sudo poweroff")
        guest.wait_exit(120)
    # What the next boot finds; scripts/soak media boots again.
    state = partition(disk, 5)
    repair(state)
    assert file_on(state, "/home/rancher/note") == "kept\n"
    assert "hostname: kept" in file_on(state, "/var/lib/rancher/conf/cloud-config.yml")


def nobody_is_logged_in(guest):
    guest.expect(READY, 300)
    guest.send("")
    guest.expect(r"rancher login: ?$", 60)


def test_the_iso_is_found_by_what_is_in_it():
    """Another content, another UUID: the one in the menu is that of the volume."""
    text = iso().read_bytes()
    uuid = artefact("iso/uuid").read_text().strip()
    assert f"rancher.system.dev=UUID={uuid}".encode() in text
    assert text[32768 + 830 : 32768 + 846].decode() == uuid.replace("-", "")
