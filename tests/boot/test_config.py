"""The configuration: keys in effect, who wins, changes at run time that survive a reboot."""

import re

from machines.medium import empty_disk, ext4_disk

USER_DATA = """#cloud-config
hostname: first
mounts:
- [LABEL=DATA, /mnt/data, auto, "noexec,nosuid"]
write_files:
- {path: /home/f, content: hi}
bootcmd:
- touch /run/bootcmd-ran
- [touch, /run/bootcmd-list]
rancher:
  state: {autoformat: [/dev/vda], directory: ros}
  modules: ["dummy numdummies=3"]
  environment: {WORD: hello, speaker/WORD: welcome}
  sysctl: {vm.swappiness: 8, vm.dirty_ratio: 15}
  services:
    speaker:
      image: console
      entrypoint: [/bin/sh, -c, "echo ${WORD}-$$((40+2)); exec sleep 100000"]
"""
USER_PATHS = (
    *("/home", "/opt", "/mnt", "/media", "/srv", "/root", "/tmp"),
    *("/var/log", "/var/lib/rancher", "/var/lib/kubelet"),
)
FILE = "/var/lib/rancher/conf/cloud-config.yml"


def keys_are_in_effect(guest):
    mounts = guest.run("mount")
    assert re.search(r"^/dev/vda on /home type ext4", mounts, re.MULTILINE), "autoformat"
    assert re.search(r"^/dev/vdb on /mnt/data type ext4 .*noexec", mounts, re.MULTILINE)
    assert guest.run("ls /run/bootcmd-ran /run/bootcmd-list").split()
    assert len(guest.run("ls -d /sys/class/net/dummy*").split()) == 3
    assert guest.run("cat /proc/sys/vm/dirty_ratio") == "15"
    assert guest.run("cat /proc/sys/vm/swappiness") == "7", "the command line wins"
    assert guest.run("hostname") == "first"
    assert guest.run("sudo ros config get hostname") == "first"
    assert guest.run("cat /home/f") == "hi"
    assert "mount" in guest.run("sudo ros plan")
    guest.wait_for("sudo ros service logs speaker", "welcome-42")
    assert guest.run("sudo ros state").startswith("/dev/vda (ext4) on /state")
    assert "/ros/home /home " in guest.run("grep ' /home ' /proc/self/mountinfo")


def set_takes_effect_at_once(guest):
    guest.run("sudo ros config set hostname sparrow")
    assert guest.run("hostname") == "sparrow"
    assert "sparrow" in guest.run("cat /etc/hosts")
    guest.run("sudo ros config set rancher.sysctl.vm.dirty_ratio 17")
    assert guest.run("cat /proc/sys/vm/dirty_ratio") == "17"
    assert guest.run(f"sudo stat -c %a {FILE}") == "600"
    before = guest.run(f"sudo sha256sum {FILE}")
    status, output = guest.try_run("sudo ros config set rancher.debug maybe")
    assert status == 1
    assert "rancher.debug: expected true or false, got 'maybe'" in output
    status, output = guest.try_run("sudo ros config set rancher.debgu true")
    assert status == 1
    assert "did you mean 'rancher.debug'?" in output
    status, output = guest.try_run("printf 'hostname: gr\\374n\\n' | sudo ros config merge")
    assert status == 1
    assert "standard input: not UTF-8 text" in output
    assert guest.run(f"sudo sha256sum {FILE}") == before
    guest.run("echo 'rancher: {docker: {debug: true}}' | sudo ros config merge")
    guest.wait_for("docker info -f '{{.Debug}}'", "^true$")
    exported = guest.run("sudo ros config export")
    assert "hostname: sparrow" in exported
    guest.run("sudo ros config export | sudo ros config merge")
    assert "fs.file-max" not in exported, "that is built in"
    assert "fs.file-max" in guest.run("sudo ros config export --full")


def services_follow_the_configuration(guest):
    guest.run("sudo ros config set rancher.services.speaker.stop_grace_period 1s")
    assert "definition changed" in guest.run("sudo ros service ps speaker")
    guest.run("sudo ros service up speaker")
    assert "definition changed" not in guest.run("sudo ros service ps speaker")
    definition = 'extra: {image: console, entrypoint: [/bin/sleep, "100000"]}'
    guest.run(f"echo '{definition}' | sudo tee /var/lib/rancher/conf/extra.yml")
    guest.run("sudo ros service enable /var/lib/rancher/conf/extra.yml")
    assert re.search(r"extra +down", guest.run("sudo ros service list"))
    waits = "rancher: {services: {late: {image: x, labels: {io.rancher.os.after: network}}}}"
    guest.run(f"echo '{waits}' >/tmp/late.yml")
    assert guest.run("sudo ros config validate -i /tmp/late.yml") == "", "network is a service"
    guest.run("sudo ros service up extra")
    assert re.search(r"extra +running", guest.run("sudo ros service list"))


def the_file_is_never_torn(guest):
    """kill -9 of the manager while it writes: the file is the old one or the new one."""
    for round_number in range(5):
        guest.run(
            f"(sudo ros config set rancher.environment.ROUND {round_number} >/dev/null 2>&1 &) ; "
            "sudo kill -9 $(pgrep -f '^/sbin/ros manager'); true"
        )
        guest.wait_for("sudo ros service list", r"console +running")
        _, complaints = guest.try_run(f"sudo ros config validate -i {FILE}")
        assert "YAML" not in complaints
        assert "hostname: sparrow" in guest.run(f"sudo cat {FILE}")


def files_are_seen_by_docker(guest, image):
    """What the console writes in a user path is what a container sees there."""
    for path in USER_PATHS:
        guest.run(f"echo in-{path} | sudo tee {path}/seen")
    volumes = " ".join(f"-v {path}:/see{path}" for path in USER_PATHS)
    files = " ".join(f"/see{path}/seen" for path in USER_PATHS)
    guest.run(f"docker pull -q {image}", 120)
    seen = guest.run(f"docker run --rm {volumes} {image} cat {files}", 120)
    assert seen.split() == [f"in-{path}" for path in USER_PATHS]


def test_the_configuration_lives(boot, registry, tmp_path):
    disks = [empty_disk(tmp_path), ext4_disk(tmp_path, "DATA", 64)]
    append = "rancher.sysctl.vm.swappiness=7"
    common = {"append": append, "registries": [registry], "user_data": USER_DATA, "disks": disks}
    with boot("direct", **common) as guest:
        guest.ready()
        assert guest.run("sudo ros config validate") == ""
        keys_are_in_effect(guest)
        set_takes_effect_at_once(guest)
        services_follow_the_configuration(guest)
        files_are_seen_by_docker(guest, registry.image)
        the_file_is_never_torn(guest)
        guest.run("echo 'hostname: lower' | sudo tee /var/lib/rancher/conf/cloud-config.d/z.yml")
        guest.power_off("sudo reboot")
    with boot("direct", **common) as guest:
        guest.ready()
        assert guest.run("hostname") == "sparrow", "cloud-config.yml wins over cloud-config.d"
        assert guest.run("cat /proc/sys/vm/dirty_ratio") == "17"
        assert re.search(r"extra +running", guest.run("sudo ros service list"))
        assert guest.run("cat /home/seen") == "in-/home"
