"""States that can't be used: the machine comes up all the same and says what is wrong."""

import re
import subprocess

from build import qemu
from machines.medium import artefact, first_disk, repair, state_disk

HOSTNAME = "hostname: from-state\n"
FREEZE = "sudo fsfreeze --freeze /var/lib/rancher"
THAW = "sudo fsfreeze --unfreeze /var/lib/rancher"
ANSWERED = (
    "ros service list",
    "ros state",
    "ros config get rancher.environment",
    "ros service logs network",
    "ros logs",
    "ros plan",
)
FOLLOWING = "sudo timeout 20 ros service logs --follow acpid | grep -m1 frozen-line"


def write_blocks(disk, offset, data):
    with disk.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def debugfs(disk, *requests):
    for request in requests:
        subprocess.run(["debugfs", "-w", "-R", request, disk], check=True, capture_output=True)


def superblock_value(disk, name):
    shown = subprocess.run(["dumpe2fs", "-h", disk], check=True, capture_output=True, text=True)
    return int(re.search(rf"^{name}: +(\d+)", shown.stdout, re.MULTILINE)[1])


def state_of(guest):
    """(exit status, output) of `ros state`."""
    return guest.try_run("sudo ros state")


def docker_works(guest):
    guest.run("docker ps", 60)


def power_off(guest):
    """Asked over SSH: the terminal's shell has gone with its console."""
    guest.ssh.try_run("sudo poweroff")
    guest.wait_exit(120)
    assert "Power down" in guest.text


def services_start_again(guest):
    """Each built-in service but docker, whose data is lost; their output is still to be read."""
    for name in ("syslog", "network", "ntp", "udev", "acpid", "console"):
        before = guest.ssh.run(f"sudo ros service ps -q {name}")
        guest.ssh.run(f"sudo ros service restart {name}", 240)
        assert guest.ssh.run(f"sudo ros service ps -q {name}", fresh=True) != before
    listed = guest.ssh.run("sudo ros service list", fresh=True)
    assert len(re.findall("^enabled .* running$", listed, re.MULTILINE)) == 7, listed
    assert "chronyd" in guest.ssh.run("sudo ros service logs --lines 20 ntp")
    assert "ssh-ed25519" in guest.ssh.run("sudo ros config get ssh_authorized_keys")


def forget_endpoints(disk, folder):
    """Takes Docker's own record of each endpoint away; its network driver's stays."""
    store = "/var/lib/docker/network/files/local-kv.db"
    copy = folder / "local-kv.db"
    repair(disk)
    debugfs(disk, f"dump {store} {copy}")
    tool = artefact("test-registry/bin/forget-endpoint")
    forgotten = subprocess.run([tool, copy], check=True, capture_output=True, text=True)
    assert int(forgotten.stdout) > 0
    debugfs(disk, f"rm {store}", f"write {copy} {store}")


def test_power_that_fails_between_two_records_of_docker(resume, boot, registry, tmp_path):
    """An address and a port that only the network driver has in use are free again."""
    keep = f"--restart always -p 80:80 --name keep {registry.image} sleep 9999"
    with resume("state") as guest:
        guest.run(f"docker run -d {keep} && sync", 120)
        guest.process.kill()
        guest.process.wait(10)
    disk = first_disk(guest.machine)
    forget_endpoints(disk, tmp_path)
    with boot("direct", registries=[registry], disks=[disk]) as guest:
        guest.ready()
        state = "docker inspect -f '{{.State.Status}} {{.State.Error}}' keep"
        guest.wait_for(state, "^running", 60)


def test_a_state_that_can_only_be_read(boot, tmp_path):
    disk = state_disk(tmp_path, {"var/lib/rancher/conf/cloud-config.yml": HOSTNAME})
    with boot("direct", read_only_disks=[disk]) as guest:
        guest.expect(r"failed: step state: .*can only be read", 240)
        guest.login()
        assert guest.run("hostname") == "from-state", "the configuration is read all the same"
        status, output = state_of(guest)
        assert status == 1
        assert re.search(r"in memory, lost at power-off", output)
        assert re.search(r"problem: at boot: .*can only be read", output)
        docker_works(guest)


def test_a_full_state(boot, tmp_path):
    disk = state_disk(tmp_path, {"var/lib/rancher/conf/cloud-config.yml": HOSTNAME}, megabytes=96)
    free, size = (superblock_value(disk, name) for name in ("Free blocks", "Block size"))
    filler = tmp_path / "filler"
    filler.write_bytes(b"x" * (free - 256) * size)
    debugfs(disk, f"write {filler} filler")
    with boot("direct", disks=[disk]) as guest:
        guest.expect(r"failed: step user-paths: the state is full", 240)
        guest.login()
        assert guest.run("hostname") == "from-state"
        status, output = state_of(guest)
        assert status == 1
        assert "problem: the state is full" in output
        assert re.search(r"console +running", guest.run("sudo ros service list"))


def test_a_damaged_state_is_repaired(boot, tmp_path):
    disk = state_disk(tmp_path, {"var/lib/rancher/conf/cloud-config.yml": HOSTNAME})
    debugfs(disk, "set_super_value free_blocks_count 7", "set_super_value state 2")
    with boot("direct", disks=[disk]) as guest:
        guest.ready()
        assert guest.run("hostname") == "from-state"
        status, output = state_of(guest)
        assert (status, output.startswith("/dev/vda (ext4)")) == (0, True), output


def test_a_state_beyond_repair(boot, tmp_path):
    disk = state_disk(tmp_path)
    write_blocks(disk, 4096, b"\xff" * (8 << 20))  # all but the superblock of the first group
    with boot("direct", disks=[disk]) as guest:
        guest.expect(r"failed: step state: .*by hand", 240)
        guest.login()
        status, output = state_of(guest)
        assert status == 1
        assert "e2fsck /dev/vda" in output
        docker_works(guest)


def test_an_error_in_the_state(resume):
    """Nothing more is written to it, and that costs what lies on it, no service and no login."""
    with resume("state") as guest:
        guest.ssh.wait()
        guest.run("sudo sh -c 'echo test >/sys/fs/ext4/vda/trigger_fs_error'")
        status, output = state_of(guest)
        assert status == 1
        assert "has had 1 errors: nothing more is kept" in output
        services_start_again(guest)
        power_off(guest)


def test_a_state_that_is_pulled_while_the_machine_runs(boot, tmp_path):
    """Logins and what runs go on, the loss is told, and power-off ends."""
    stick = qemu.Medium(state_disk(tmp_path), "usb")
    with boot("direct", media=[stick], ssh=True) as guest:
        guest.ready()
        guest.ssh.wait()
        assert re.match(r"/dev/sda \(ext4\)", guest.run("sudo ros state"))
        running = guest.run("sudo ros service ps -q docker")
        guest.monitor.unplug("medium0-device")
        guest.wait_for("sudo ros state", r"problem: '/dev/sda' is gone: nothing more is kept")
        assert guest.ssh.run("id -un", fresh=True) == "rancher"
        docker_works(guest)
        assert guest.run("sudo ros service ps -q docker") == running
        status, said = guest.try_run("sudo ros config set hostname lost")
        assert status != 0, f"a change that can't be kept was taken: {said}"
        services_start_again(guest)
        power_off(guest)


def test_a_state_that_is_frozen_for_a_while(resume):
    """Nothing but what writes to it waits, and that says so."""
    with resume("state") as guest:
        stdout = "/proc/$(pgrep -o acpid)/fd/1"
        guest.run(f"sudo sh -c 'echo frozen-line >{stdout}'")
        guest.wait_for("sudo ros service logs acpid", "frozen-line")
        guest.run(FREEZE)
        for command in ANSWERED:
            guest.run(f"sudo timeout 20 {command}")
        guest.run(FOLLOWING)
        # Ten times what a FIFO holds.
        flood = f"yes x | head -c 10000000 >{stdout}"
        guest.run(f"sudo timeout 60 sh -c '{flood}'", 90)
        guest.run("sudo pkill -9 -f '^/sbin/ros manager'")
        guest.wait_for("sudo timeout 20 ros service list", r"acpid +running")
        status, said = guest.try_run("sudo ros config set hostname thawed", 90)
        assert status != 0 and "timed out" in said, said
        old = guest.run("pgrep -o acpid")
        guest.run(f"sudo kill -9 {old}")
        guest.until(f'new=$(pgrep -o acpid) && [ "$new" != {old} ]')
        # Unlike ntp and syslog, which write to the state when they end.
        guest.run("sudo timeout 60 ros service restart udev", 90)
        guest.run(THAW)
        guest.wait_for("sudo ros config get hostname", "thawed")
