"""The boot media, each idea once; every medium with every firmware and card: soak_media.py."""

import re

from build import qemu
from conftest import CONSOLE, artefact
from media import (
    BOOT_LIMIT,
    DOWN,
    MENU,
    READY,
    disk_image,
    firmware_is_there,
    iso,
    iso_medium,
    other_iso,
    start,
    user_data,
)
from monitor import Monitor
from test_spine import power_off

MEDIUM = "/run/ros/medium"
FIRMWARE = "/proc/1/root/lib/firmware"  # what the host has there


def mount_of(guest, path):
    """Device that is mounted there, None when nothing is."""
    found = re.search(rf"^(\S+) {path} ", guest.run("cat /proc/mounts"), re.MULTILINE)
    return found and found.group(1)


def run_container(guest, registry):
    image = f"{registry.guest_address}/test/busybox:1"
    output = guest.run(f"docker run --rm {image} echo from-inside-$((6*7))", 120)
    assert "from-inside-42" in output


def test_iso_as_cd_with_bios_in_256_megabytes(request, tmp_path, registry, ssh_key):
    disk = tmp_path / "later.img"
    disk.write_bytes(b"later" + bytes(1 << 20))
    cd = [iso_medium("cd")]
    options = {"config": user_data(registry), "free_ports": 1, "memory": 256}
    with start(request, tmp_path, cd, ssh_key, **options) as guest:
        guest.expect(MENU, 60)
        guest.expect(READY, BOOT_LIMIT)
        guest.login()
        assert mount_of(guest, MEDIUM) == "/dev/sr0"
        assert guest.run("cat /sys/class/tty/console/active") == "ttyS0 tty0"
        guest.run("! test -d /sys/firmware/efi")
        assert guest.run(f"sudo ls -A {FIRMWARE}") == "", "the default ISO holds firmware"
        run_container(guest, registry)
        with Monitor(tmp_path / "qmp") as monitor:
            disk_comes_later(guest, monitor, disk)
        power_off(guest)


def disk_comes_later(guest, monitor, file):
    guest.run("! test -e /dev/vda")
    monitor.run("blockdev-add", driver="raw", node_name="later",
                file={"driver": "file", "filename": str(file)})  # fmt: skip
    monitor.run("device_add", driver="virtio-blk-pci", drive="later", bus="port0", id="late")
    guest.run(
        "for i in $(seq 300); do test -b /dev/vda && break; sleep 0.1; done; test -b /dev/vda"
    )
    assert guest.run("sudo head -c 5 /dev/vda") == "later"


def test_iso_as_stick_with_uefi_beside_a_medium_of_the_same_label(request, tmp_path, ssh_key):
    """The other medium comes first in every order of devices, and is left alone."""
    media = [iso_medium("usb"), qemu.Medium(other_iso(tmp_path), "virtio", read_only=True)]
    with start(request, tmp_path, media, ssh_key, uefi=True) as guest:
        guest.expect(MENU, 120)
        guest.expect(READY, BOOT_LIMIT)
        guest.login()
        assert re.fullmatch(r"/dev/sda1?", mount_of(guest, MEDIUM))
        guest.run("test -d /sys/firmware/efi")
        power_off(guest)


def test_of_two_media_with_one_label_the_choice_is_fixed_and_told(request, tmp_path, ssh_key):
    """Without our loader, by label: disks come before optical drives."""
    media = [qemu.Medium(other_iso(tmp_path), "cd", read_only=True), iso_medium("virtio")]
    machine = {
        "kernel": artefact("kernel/vmlinuz"),
        "initrd": artefact("initramfs/initramfs"),
        "append": "console=ttyS0 quiet rancher.system.dev=LABEL=ROSTER",
    }
    with start(request, tmp_path, media, ssh_key, **machine) as guest:
        told = guest.expect(r"LABEL=ROSTER fits (\S+) and /dev/sr0: booting from (\S+)\n", 60)
        assert re.fullmatch(r"/dev/vda1?", told.group(1))
        assert told.group(1) == told.group(2)
        guest.expect(READY, BOOT_LIMIT)


def test_a_stick_is_pulled_after_a_boot_to_ram(request, tmp_path, registry, ssh_key):
    stick = [iso_medium("usb")]
    with start(request, tmp_path, stick, ssh_key, config=user_data(registry)) as guest:
        guest.expect(MENU, 60)
        guest.send_keys(DOWN)
        guest.send("")
        guest.expect(r"copying the system image to memory, \d+ MiB", 120)
        guest.expect(READY, BOOT_LIMIT)
        guest.login()
        assert mount_of(guest, MEDIUM) is None
        with Monitor(tmp_path / "qmp") as monitor:
            monitor.unplug("medium0-device")
        guest.run(
            "for i in $(seq 100); do test -e /dev/sda || break; sleep 0.1; done; ! test -e /dev/sda"
        )
        guest.run("sudo sh -c 'sync; echo 3 > /proc/sys/vm/drop_caches'")
        guest.run("sudo ros service list")
        run_container(guest, registry)
        power_off(guest)


def test_disk_image_grows_keeps_its_state_and_logs_nobody_in(request, tmp_path, ssh_key):
    nvme = [qemu.Medium(disk_image(tmp_path, ssh_key, gibibytes=2), "nvme")]
    with start(request, tmp_path, nvme, ssh_key, number=1) as guest:
        guest.expect(MENU, 60)
        guest.expect(READY, BOOT_LIMIT)
        guest.send("")
        guest.expect(r"login: ?$", 60)
        guest.ssh.wait()
        assert mount_of(guest.ssh, "/home") == "/dev/nvme0n1p5"
        kibibytes = int(guest.ssh.run("df -k /home | tail -n 1").split()[1])
        assert kibibytes > 2 << 20, "the state did not grow at the first boot"
        guest.ssh.run("test -e /var/lib/rancher/resizefs.done")
        guest.ssh.run("sudo ros config set hostname kept && echo kept > /home/rancher/note")
        guest.ssh.try_run("sudo poweroff")
        guest.wait_exit(120)
    with start(request, tmp_path, nvme, ssh_key, number=2) as guest:
        guest.expect(READY, BOOT_LIMIT)
        guest.send("")
        guest.expect(r"kept login: ?$", 60)
        guest.ssh.wait()
        assert guest.ssh.run("cat /home/rancher/note; hostname") == "kept\nkept"
        guest.ssh.try_run("sudo poweroff")
        guest.wait_exit(120)


def test_iso_with_firmware(request, tmp_path, ssh_key):
    """In little memory, because the archive is large. An emulated processor takes no microcode."""
    cd = [iso_medium("cd", "iso-firmware")]
    with start(request, tmp_path, cd, ssh_key, memory=256) as guest:
        guest.expect(READY, BOOT_LIMIT)
        guest.login()
        firmware_is_there(guest)
        guest.run("sudo test ! -e /proc/1/root/kernel")
        power_off(guest)


def test_damaged_firmware_is_told_and_left_out(request, tmp_path, ssh_key):
    archive = bytearray(artefact("firmware/firmware.cpio").read_bytes())
    superblock = archive.index(artefact("firmware/firmware.erofs").read_bytes()[:4096]) + 1024
    archive[superblock : superblock + 4] = b"none"
    initrd = tmp_path / "initrd"
    initrd.write_bytes(archive + artefact("initramfs/initramfs").read_bytes())
    machine = {
        "kernel": artefact("kernel/vmlinuz"),
        "initrd": initrd,
        "append": f"{CONSOLE} rancher.system.dev=LABEL=ROSTER",
    }
    with start(request, tmp_path, [iso_medium("cd")], ssh_key, **machine) as guest:
        guest.expect(r"going on without firmware: mount '\S+' on '/sysroot/lib/firmware'", 120)
        guest.expect(READY, BOOT_LIMIT)
        guest.login()
        assert guest.run(f"sudo ls -A {FIRMWARE}") == ""
        power_off(guest)


def test_the_iso_is_found_by_what_is_in_it():
    """Another content, another UUID: the one in the menu is that of the volume."""
    text = iso().read_bytes()
    uuid = artefact("iso/uuid").read_text().strip()
    assert f"rancher.system.dev=UUID={uuid}".encode() in text
    assert text[32768 + 830 : 32768 + 846].decode() == uuid.replace("-", "")
