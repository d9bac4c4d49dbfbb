"""Configurations that are wrong in parts: the machine comes up with all that is not affected.

The negative control, a good one without complaints, is in test_config.py.
"""

import os
import re
import subprocess

from machines.medium import empty_disk, ext4_disk, state_disk

BAD = """#cloud-config
hostname: from-user-data
bootcmd: [echo ran >>/run/ran, "false"]
rancher:
  debug: maybe
  nonsense: 1
  services:
    missing:
      image: 10.0.2.2:1/none/none:1
      restart: "no"
    quits:
      image: console
      entrypoint: [/bin/sh, -c, "echo no database; exit 1"]
      restart: always
    never-ready:
      image: console
      entrypoint: [/bin/sleep, "1000"]
      labels:
        io.rancher.os.ready: socket:/run/never.sock
        io.rancher.os.ready_limit: "5"
    egg:
      image: console
      labels: {io.rancher.os.after: hen}
    hen:
      image: console
      labels: {io.rancher.os.after: egg}
"""


CONFIG = "var/lib/rancher/conf/cloud-config.yml"
FAILED = r"^enabled +{} +failed: .*{}"


def test_wrong_values_and_services_leave_the_rest_alone(boot, tmp_path):
    """Only what is wrong is left out, also of a file that does not parse, and everybody is told."""
    broken = {CONFIG: "#cloud-config\nruncmd: [oops\nrancher: {environment: {A: kept}}\n"}
    with boot("direct", user_data=BAD, disks=[state_disk(tmp_path, broken)]) as guest:
        guest.expect(r"The configuration is not in effect as it is written:", 240)
        guest.expect(r"cloud-config.yml:\d+:\d+: runcmd: not valid YAML", 20)
        guest.ready()
        assert "rancher.debug: expected" in guest.run("cat /run/ros/banner")
        assert guest.run("sudo ros config get rancher.environment.A").strip() == "kept"
        status, complaints = guest.try_run("sudo ros config validate")
        assert status == 1
        assert re.search(r"cloud-config.yml:\d+:\d+: ", complaints), complaints
        assert guest.run("hostname") == "from-user-data"
        assert len(re.findall(r"user-data:5:\d+: rancher.debug: ", complaints)) == 1, complaints
        assert len(re.findall(r"user-data:6:\d+: .*rancher.nonsense", complaints)) == 1, complaints
        listing = guest.run("sudo ros service list")
        for name in ("console", "docker", "network"):
            assert re.search(rf"^enabled +{name} +running", listing, re.MULTILINE), listing
        for name, reason in (
            ("missing", "none/none"),
            ("never-ready", "ready"),
            ("egg", "cycle"),
            ("hen", "cycle"),
        ):
            assert re.search(FAILED.format(name, reason), listing, re.MULTILINE), listing
        # It is tried again and again; in between it is listed as starting or stopping.
        reason = "status 1; it said: no database"
        guest.wait_for("sudo ros service list", FAILED.format("quits", reason))
        commands_run_once(guest)
        the_last_good_file_is_in_effect_until_it_can_be_read(guest)


def hostile_disc(folder):
    """NoCloud's label, a FIFO that nobody writes to, and more than anybody wants to read."""
    content = folder / "content"
    content.mkdir()
    os.mkfifo(content / "user-data")
    empty_disk(content, "meta-data", megabytes=8)
    disc = folder / "hostile.iso"
    subprocess.run(
        ["xorriso", "-as", "mkisofs", "-quiet", "-V", "cidata", "-R", "-o", disc, content],
        check=True,
        capture_output=True,
    )
    return disc


def test_discs_that_nobody_should_have_made(boot, tmp_path):
    """A file system that is none of NoCloud's is not even mounted."""
    disks = [ext4_disk(tmp_path, "cidata", 16)]
    with boot("direct", cdroms=[hostile_disc(tmp_path)], disks=disks) as guest:
        reason = r"'/dev/sr0' \(cidata\): read '{}'.*{}"
        guest.expect(reason.format("meta-data", "File too large"), 240)
        guest.expect(reason.format("user-data", "Invalid argument"), 60)
        guest.login()
        assert guest.run("hostname") == "rancher"
        left = "expected iso9660 or vfat, it holds ext4"
        guest.run(f"sudo dmesg | grep -q \"'/dev/vda' is labelled cidata.*{left}\"")


def restart_manager(guest):
    guest.run("sudo kill -9 $(pgrep -f '^/sbin/ros manager')")
    guest.wait_for("sudo ros service list", r"console +running")


def commands_run_once(guest):
    """Also those that failed, whatever becomes of the manager."""
    restart_manager(guest)
    assert guest.run("cat /run/ran") == "ran"


def the_last_good_file_is_in_effect_until_it_can_be_read(guest):
    write = f"sudo sh -c 'printf \"{{}}\" >/{CONFIG}'"
    guest.run(write.format(r"hostname: heron\nrancher: {environment: {A: good}}\n"))
    assert "cloud-config.yml" not in guest.try_run("sudo ros config validate")[1]
    restart_manager(guest)
    guest.wait_for("sudo ros config get rancher.environment.A", "^good$")
    guest.run(write.format(r"hostname: [heron\nrancher: {environment: {A: bad}}\n"))
    _, complaints = guest.try_run("sudo ros config validate")
    assert "the last good version of this file is in effect" in complaints
    restart_manager(guest)
    guest.wait_for("sudo ros config get rancher.environment.A", "^good$")
