"""The state disk: what lies on it outlives a reboot, without the network too."""

import re

from build import cidata, qemu
from machines.medium import empty_disk, ext4_disk, state_disk

OFFLINE = "restrict=on"  # QEMU's user network: the guest reaches nothing
BEACON = """#cloud-config
write_files:
- {{path: /etc/beacon, content: over-the-image, container: beacon}}
rancher:
  system_docker:
    insecure_registry: ["{registry}"]
  services:
    beacon:
      image: {registry}/test/busybox:1
      user: web
      command: [sh, -c, "echo beacon-$(id -u):$(id -g)-$(cat /etc/beacon); exec sleep 100000"]
      restart: always
      labels:
        io.rancher.os.scope: system
        io.rancher.os.after: network
"""


def test_data_outlives_a_reboot(boot, registry, tmp_path):
    disk = state_disk(tmp_path)
    user_data = BEACON.format(registry=registry.guest_address)
    image = registry.image
    with boot("direct", registries=[registry], user_data=user_data, disks=[disk]) as guest:
        guest.ready()
        for path in ("/var/lib/docker", "/var/lib/rancher", "/home"):
            assert re.search(rf"^/dev/vda on {path} type ext4", guest.run("mount"), re.MULTILINE)
        guest.run(f"docker run --name keep {image} sh -c 'echo kept-$((40+2)) > /file'", 120)
        guest.run("echo mine > /home/rancher/file; cat /etc/machine-id > /home/rancher/id")
        guest.wait_for("sudo ros service ps beacon", r"^beacon .*running")
        guest.wait_for("sudo ros service logs beacon", "beacon-77:88-over-the-image")
        guest.power_off("sudo reboot")
    # By name the stick, /dev/sda, would come before the machine's own disk.
    stick = qemu.Medium(ext4_disk(tmp_path, "RANCHER_STATE", 16, name="stick"), "usb")
    more = {"user_data": user_data, "network": OFFLINE}
    with boot("direct", disks=[disk], media=[stick], **more) as guest:
        guest.ready()
        assert re.search(r"^/dev/vda on /home type ext4", guest.run("mount"), re.MULTILINE)
        guest.until("sudo ros state | grep -q \"'/dev/sda' is LABEL=RANCHER_STATE, too\"")
        assert "test/busybox" in guest.run("docker images")
        guest.run("docker cp keep:/file /tmp/kept")
        assert guest.run("cat /tmp/kept /home/rancher/file") == "kept-42\nmine"
        assert guest.run("cat /home/rancher/id") == guest.run("cat /etc/machine-id")
        guest.wait_for("sudo ros service ps beacon", r"^beacon .*running")


def test_no_second_state_is_made_when_the_first_is_late(boot, tmp_path):
    """A disk that is attached while the empty one waits to be formatted."""
    empty, late = empty_disk(tmp_path), state_disk(tmp_path, {"home/mark": "late\n"})
    append = "rancher.state.autoformat=[/dev/vda] rancher.state.wait loglevel=6"
    with boot("direct", append=append, disks=[empty], free_ports=1) as guest:
        guest.expect("autoformat: waiting for LABEL=RANCHER_STATE", 120)
        guest.monitor.run("blockdev-add", driver="raw", node_name="late",
                          file={"driver": "file", "filename": str(late)})  # fmt: skip
        guest.monitor.run("device_add", driver="virtio-blk-pci", drive="late", bus="port0", id="d")
        guest.ready()
        assert guest.run("sudo ros state").startswith("/dev/vdb (ext4) on /state")
        assert guest.run("cat /home/mark") == "late"
        guest.run("! sudo head -c 1048576 /dev/vda | tr -d '\\0' | grep -q .")


def stick(folder, hostname):
    (folder / hostname).mkdir()
    disc = cidata.write(folder / hostname, f"#cloud-config\nhostname: {hostname}\n", "")
    return qemu.Medium(disc, "usb", read_only=True)


def test_the_first_stick_configures_the_machine_and_no_later_one(boot, tmp_path):
    disk = state_disk(tmp_path)
    with boot("direct", disks=[disk], media=[stick(tmp_path, "first")]) as guest:
        guest.ready()
        assert guest.run("hostname") == "first"
        guest.power_off("sudo reboot")
    with boot("direct", disks=[disk], media=[stick(tmp_path, "wicked")]) as guest:
        guest.ready()
        assert guest.run("hostname") == "first"
        guest.run("sudo dmesg | grep -q \"the stick '/dev/sda' (cidata) is not read\"")


def test_without_a_state_disk_nothing_is_kept(resume):
    """The negative control: the same paths lie in memory, and the machine says so."""
    with resume() as guest:
        assert "tmpfs on /var/lib/docker type tmpfs" in guest.run("mount")
        assert guest.run("docker images -q") == ""
        assert guest.run("sudo ros state").startswith("in memory, lost at power-off")
